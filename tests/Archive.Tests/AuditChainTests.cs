using TtsGrains.Archive.Audit;
using TtsGrains.Grains.Interfaces.Audit;
using TtsGrains.Testing;
using Xunit;

namespace TtsGrains.Archive.Tests;

/// <summary>The records of an audit chain: their order, and what several processes, failures and removed records do to it.</summary>
public sealed class AuditChainTests
{
    private static readonly string Chain = AuditNames.OfTenant("acme");
    private static readonly DateTimeOffset Start = new(2026, 3, 4, 23, 0, 0, TimeSpan.Zero);

    private readonly MemoryArchive _archive = new();
    private readonly FakeTimeProvider _time = new(Start);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Append_Records_EachHasTheHashOfTheOneBefore()
    {
        var chain = await LoadAsync();
        for (var i = 1; i <= 3; i++)
        {
            await chain.AppendAsync([Entry($"s{i}")], Token);
        }

        var records = ReadAll(3);
        Assert.Equal([new string('0', 64), AuditRecord.HashOf(Json(1)), AuditRecord.HashOf(Json(2))], records.Select(record => record.Previous));
        Assert.Equal(new AuditHead(3, AuditRecord.HashOf(Json(3))), chain.Head);
        Assert.Equal(["s1", "s2", "s3"], records.Select(record => Assert.Single(record.Entries).Session));
    }

    [Fact]
    public async Task Append_ByTwoProcessesAtOnce_IsOneChainWithEveryEntryOnce()
    {
        const int Each = 50;
        var one = await LoadAsync();
        var other = await LoadAsync();

        await Task.WhenAll(new[] { (one, "a"), (other, "b") }.Select(writer => Task.Run(
            async () =>
            {
                for (var i = 0; i < Each; i++)
                {
                    await writer.Item1.AppendAsync([Entry($"{writer.Item2}{i}")], Token);
                }
            },
            Token)));

        var records = ReadAll(2 * Each);
        for (var i = 1; i < records.Count; i++)
        {
            Assert.Equal((i + 1, AuditRecord.HashOf(Json(i))), ((int)records[i].Number, records[i].Previous));
        }

        string[] expected = [.. Enumerable.Range(0, Each).SelectMany(i => new[] { $"a{i}", $"b{i}" })];
        Assert.Equal(expected.Order(), records.Select(record => Assert.Single(record.Entries).Session!).Order());
    }

    [Fact]
    public async Task Append_WhoseAnswerWasLost_IsNotRepeated()
    {
        var chain = await LoadAsync();
        _archive[AuditNames.Record(Chain, 1)] = new AuditRecord(1, AuditHead.None.Hash, Start, [Entry("s")]).ToBytes();

        var head = await chain.AppendAsync([Entry("s")], Token);

        Assert.Equal(1, head.Number);
        Assert.Empty(_archive.Created);
    }

    [Fact]
    public async Task Append_AfterAFailure_ContinuesTheChain()
    {
        var chain = await LoadAsync();
        await chain.AppendAsync([Entry("first")], Token);
        _archive.Fault = _ => new IOException("away");
        await Assert.ThrowsAsync<IOException>(() => chain.AppendAsync([Entry("lost")], Token));
        _archive.Fault = _ => null;

        await chain.AppendAsync([Entry("second")], Token);

        Assert.Equal(["first", "second"], ReadAll(2).Select(record => Assert.Single(record.Entries).Session));
        Assert.Equal(AuditRecord.HashOf(Json(1)), ReadAll(2)[1].Previous);
    }

    [Fact]
    public async Task Append_WhenTheClockGoesBack_IsNotEarlierThanTheRecordBefore()
    {
        var ahead = await LoadAsync();
        _time.Advance(TimeSpan.FromHours(1));
        await ahead.AppendAsync([Entry("s")], Token);
        var behind = new AuditChain(_archive, Chain, new FakeTimeProvider(Start));
        await behind.LoadAsync(AuditHead.None, Token);

        await behind.AppendAsync([Entry("s")], Token);

        Assert.Equal(Start.AddHours(1), ReadAll(2)[1].At);
    }

    [Fact]
    public async Task Load_AfterManyRecords_FindsTheLast()
    {
        var chain = await LoadAsync();
        for (var i = 0; i < 1_002; i++)
        {
            await chain.AppendAsync([Entry("s")], Token);
        }

        Assert.Equal(chain.Head, (await LoadAsync()).Head);
        Assert.EndsWith("000000001/000000001002.json", AuditNames.Record(Chain, 1_002), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_WhenTheLastRecordsWereRemoved_LeavesTheirNumbersOut()
    {
        var chain = await LoadAsync();
        await chain.AppendAsync([Entry("kept")], Token);
        await chain.AppendAsync([Entry("removed")], Token);
        var known = chain.Head;
        await _archive.DeleteAsync(AuditNames.Record(Chain, 2), Token);

        var next = await LoadAsync(known);
        await next.AppendAsync([Entry("after")], Token);

        Assert.Equal((3, known.Hash), (next.Head.Number, AuditRecord.Parse(BinaryData.FromBytes(Json(3)))!.Previous));
    }

    [Fact]
    public async Task Read_ADay_GivesItsRecordsPageByPage()
    {
        var chain = await LoadAsync();
        for (var i = 0; i < 30; i++)
        {
            await chain.AppendAsync([Entry("s")], Token);
            _time.Advance(TimeSpan.FromHours(1));
        }

        // A record that is missing, and one that cannot be read.
        await _archive.DeleteAsync(AuditNames.Record(Chain, 2), Token);
        _archive[AuditNames.Record(Chain, 16)] = "{"u8.ToArray();

        var reader = new AuditReader(_archive);
        var first = await reader.ReadAsync(Chain, chain.Head, new DateOnly(2026, 3, 5), 0, 10, Token);
        var second = await reader.ReadAsync(Chain, chain.Head, new DateOnly(2026, 3, 5), first.Next!.Value, 100, Token);

        Assert.Equal(Enumerable.Range(3, 9), first.Records.Select(record => (int)record.Number));
        Assert.Equal((11, null), (first.Next, second.Next));
        Assert.Equal(Enumerable.Range(12, 14), second.Records.Select(record => (int)record.Number));
        Assert.Equal([1L], (await reader.ReadAsync(Chain, chain.Head, new DateOnly(2026, 3, 4), 0, 10, Token)).Records.Select(record => record.Number));
        Assert.Empty((await reader.ReadAsync(Chain, chain.Head, new DateOnly(2026, 3, 7), 0, 10, Token)).Records);
        Assert.Equal(29, (await reader.ReadAsync(Chain, chain.Head, null, 0, 100, Token)).Records.Count);
    }

    [Fact]
    public void Chains_OfTenantsAndOfTheService_HaveFoldersOfTheirOwn()
    {
        string[] tenants = ["acme", "~service", "=7Eservice", "a/b", "a"];

        Assert.Distinct(tenants.Select(AuditNames.OfTenant).Append(AuditNames.Service));
    }

    private async Task<AuditChain> LoadAsync(AuditHead? known = null)
    {
        var chain = new AuditChain(_archive, Chain, _time);
        await chain.LoadAsync(known ?? AuditHead.None, Token);
        return chain;
    }

    private byte[] Json(int number) => _archive[AuditNames.Record(Chain, number)];

    private List<AuditRecord> ReadAll(int count) => [.. Enumerable.Range(1, count).Select(number => AuditRecord.Parse(BinaryData.FromBytes(Json(number)))!)];

    private static AuditEntry Entry(string session) => new(Start, AuditActions.Hold, AuditResults.Done) { By = "0123456789abcdef", Session = session };
}
