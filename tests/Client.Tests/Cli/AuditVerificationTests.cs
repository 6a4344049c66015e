using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TtsGrains.Cli.Tenants;

namespace TtsGrains.Client.Tests.Cli;

/// <summary>The verification of audit records names the first that is not as it was stored.</summary>
public sealed class AuditVerificationTests
{
    private readonly List<string> _records = [];

    public AuditVerificationTests()
    {
        var previous = new string('0', 64);
        for (var number = 1; number <= 5; number++)
        {
            _records.Add($$"""{"number":{{number}},"previous":"{{previous}}","at":"2026-03-04T00:00:00+00:00","entries":[{"action":"erase","session":"s{{number}}"}]}""");
            previous = HashOf(_records[^1]);
        }

        Head = (5, previous);
    }

    private (int Number, string Hash) Head { get; set; }

    [Fact]
    public void Chain_AsItWasStored_HasNoFault() => Assert.Null(Verify());

    [Fact]
    public void Chain_WithoutRecords_HasNoFault()
    {
        _records.Clear();
        Head = (0, new string('0', 64));

        Assert.Null(Verify());
    }

    [Fact]
    public void Record_ThatWasChanged_IsNamed()
    {
        _records[2] = _records[2].Replace("s3", "s4", StringComparison.Ordinal);

        Assert.Equal("Record 3 was changed: record 4 has the hash of another one.", Verify());
    }

    [Fact]
    public void Record_ThatIsMissing_IsNamed()
    {
        _records.RemoveAt(1);

        Assert.Equal("Record 2 is missing.", Verify());
    }

    [Fact]
    public void Record_ThatCannotBeRead_IsNamed()
    {
        _records[3] = """{"number":4,"unreadable":true}""";

        Assert.Equal("Record 4 cannot be read.", Verify());
    }

    [Fact]
    public void LastRecords_ThatAreMissing_AreNamed()
    {
        _records.RemoveRange(3, 2);

        Assert.Equal("Record 4 is missing.", Verify());
    }

    [Fact]
    public void LastRecord_ThatWasChanged_IsNamed()
    {
        _records[4] = _records[4].Replace("s5", "s6", StringComparison.Ordinal);

        Assert.Equal("Record 5 was changed: it is not the one that the service stored last.", Verify());
    }

    [Fact]
    public void Records_InAnotherOrder_AreFound()
    {
        (_records[1], _records[2]) = (_records[2], _records[1]);

        Assert.Equal("Record 2 is missing.", Verify());
    }

    private string? Verify()
    {
        var verification = new AuditVerification();
        _records.ForEach(record => verification.Add(JsonDocument.Parse(record).RootElement));
        verification.Finish(JsonDocument.Parse($$"""{"number":{{Head.Number}},"hash":"{{Head.Hash}}"}""").RootElement);
        return verification.Fault;
    }

    private static string HashOf(string record) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(record)));
}
