using System.Text;
using TtsGrains.Tenants.Files;
using Xunit;

namespace TtsGrains.Grains.Tests.Tenants;

public sealed class TenantsFileReaderTests
{
    private static readonly string Hash = ApiKey.HashOf("hush");
    private static readonly string Other = ApiKey.HashOf("other");

    [Fact]
    public void Read_AllThatATenantCanHave_IsItsSettings()
    {
        var faults = Read(
            $$$"""
            {"tenants": {
              "acme": {
                "keys": ["{{{Other}}}", {"sha256": "{{{Hash}}}", "scopes": ["listen", "admin"], "expires": "2027-01-31", "name": "quality"}],
                "upstreams": ["main"], "archive": "off", "retentionDays": 30, "maxOpenContexts": 5
              },
              "bolt": {}
            }}
            """,
            out var settings);

        Assert.Empty(faults);
        Assert.Equal(Other, settings["Tenants:acme:Keys:0"]);
        Assert.Equal($"{Hash} scopes=listen,admin expires=2027-01-31T00:00:00Z name=quality", settings["Tenants:acme:Keys:1"]);
        Assert.Equal(("main", "off", "30", "5"), (settings["Tenants:acme:Upstreams:0"], settings["Tenants:acme:Archive"], settings["Tenants:acme:RetentionDays"], settings["Tenants:acme:MaxOpenContexts"]));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"tenants": {}}""")]
    [InlineData("\uFEFF{\"tenants\": {\"acme\": {\"keys\": []}}}")]
    public void Read_AFileWithoutKeys_HasNoFault(string json) => Assert.Empty(Read(json, out _));

    [Theory]
    [InlineData("", "The file is no valid JSON: it breaks at line 1, byte 1, or has a member twice.")]
    [InlineData("{\"tenants\":\n{,", "The file is no valid JSON: it breaks at line 2, byte 2, or has a member twice.")]
    [InlineData("[]", "The file must be one JSON object with the member \"tenants\" and no other.")]
    [InlineData("""{"tenant": {}}""", "The file must be one JSON object with the member \"tenants\" and no other.")]
    [InlineData("""{"tenants": []}""", "Tenants must be an object with a member for each tenant.")]
    [InlineData("""{"tenants": {"a b": {}}}""", "Tenants has a tenant whose id is not 1 to 64 letters, digits, '-' and '_', without \"__\".")]
    [InlineData("""{"tenants": {"acme": 1}}""", "Tenants:acme must be an object.")]
    [InlineData("""{"tenants": {"acme": {"maxOpenContext": 1}}}""", "Tenants:acme:maxOpenContext is no setting. Did you mean Tenants:acme:MaxOpenContexts?")]
    [InlineData("""{"tenants": {"acme": {"maxOpenContexts": 0}}}""", "Tenants:acme:MaxOpenContexts is 0; it must be 1 to 1,000,000.")]
    [InlineData("""{"tenants": {"acme": {"maxOpenContexts": "many"}}}""", "Tenants:acme:maxOpenContexts is 'many'; it must be a whole number.")]
    [InlineData("""{"tenants": {"acme": {"maxOpenContexts": {"a": 1}}}}""", "Tenants:acme:maxOpenContexts:a is no setting. Did you mean Tenants:acme:maxOpenContexts?")]
    [InlineData("""{"tenants": {"acme": {"archive": "never"}}}""", "Tenants:acme:archive is 'never'; it must be on or off.")]
    [InlineData("""{"tenants": {"acme": {"keys": "{hash}"}}}""", "Tenants:acme:Keys is a list; its first value is the setting Tenants:acme:Keys:0.")]
    [InlineData("""{"tenants": {"acme": {"keys": ["hush"]}}}""", "Tenants:acme:keys:0 holds something that is not a SHA-256: it must be 64 hexadecimal digits.")]
    [InlineData("""{"tenants": {"acme": {"keys": [{"sha256": "hush"}]}}}""", "Tenants:acme:keys:0 holds something that is not a SHA-256: it must be 64 hexadecimal digits.")]
    [InlineData("""{"tenants": {"acme": {"keys": [{"name": "x"}]}}}""", "Tenants:acme:keys:0 holds something that is not a SHA-256: it must be 64 hexadecimal digits.")]
    [InlineData("""{"tenants": {"acme": {"keys": [{"sha256": "{hash}", "scope": ["speak"]}]}}}""", "Tenants:acme:keys:0 must be an object with the texts sha256, expires and name and the list scopes, of which only sha256 is required.")]
    [InlineData("""{"tenants": {"acme": {"keys": [{"sha256": "{hash}", "scopes": "speak"}]}}}""", "Tenants:acme:keys:0 must be an object with the texts sha256, expires and name and the list scopes, of which only sha256 is required.")]
    [InlineData("""{"tenants": {"acme": {"keys": [{"sha256": "{hash}", "scopes": ["talk"]}]}}}""", "Tenants:acme:keys:0 has an unknown scope or none; the scopes are speak, listen, archive, admin and operator.")]
    [InlineData("""{"tenants": {"acme": {"keys": [{"sha256": "{hash}", "scopes": []}]}}}""", "Tenants:acme:keys:0 has an unknown scope or none; the scopes are speak, listen, archive, admin and operator.")]
    [InlineData("""{"tenants": {"acme": {"keys": [{"sha256": "{hash}", "expires": "soon"}]}}}""", "Tenants:acme:keys:0 has an expiry that is no time; it must be a day or a time in UTC, such as 2027-01-31 or 2027-01-31T18:00:00Z.")]
    [InlineData("""{"tenants": {"acme": {"keys": [{"sha256": "{hash}"}, {"sha256": "{hash}"}]}}}""", "Tenants:acme:Keys:0 and Tenants:acme:Keys:1 are the same key.")]
    [InlineData("""{"tenants": {"acme": {"keys": ["{hash}"]}, "bolt": {"keys": ["{hash}"]}}}""", "Tenants: acme and bolt have the same key; a key belongs to one tenant.")]
    public void Read_AFault_IsOneSentenceThatQuotesNoKey(string json, string expected)
    {
        var faults = Read(json.Replace("{hash}", Hash, StringComparison.Ordinal), out _);

        Assert.Equal([expected], faults);
        Assert.DoesNotContain(faults, fault => fault.Contains("hush", StringComparison.Ordinal) || fault.Contains(Hash, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Read_AMemberThatIsThereTwice_IsAFault()
        => Assert.Single(Read("""{"tenants": {"acme": {"maxOpenContexts": 1}, "acme": {"maxOpenContexts": 2}}}""", out _));

    [Fact]
    public void Read_SeveralFaults_NamesThemAll()
        => Assert.Equal(2, Read("""{"tenants": {"acme": {"keys": ["hush"], "retentionDays": 0}}}""", out _).Count);

    private static IReadOnlyList<string> Read(string json, out IReadOnlyDictionary<string, string?> settings)
        => new TenantsFileReader().Read(Encoding.UTF8.GetBytes(json), out settings);
}
