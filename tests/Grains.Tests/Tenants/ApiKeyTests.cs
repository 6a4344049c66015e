using Xunit;

namespace TtsGrains.Grains.Tests.Tenants;

public sealed class ApiKeyTests
{
    private static readonly string Hash = ApiKey.HashOf("a key");

    [Fact]
    public void Parse_AHashAlone_HasTheDefaults()
    {
        Assert.Null(ApiKey.Parse(Hash.ToUpperInvariant(), out var key));

        Assert.Equal(new ApiKey(Hash) { Scopes = Scopes.Speak | Scopes.Listen | Scopes.Archive }, key);
        Assert.Equal(Hash[..16], key.Id);
    }

    [Fact]
    public void Parse_AllParts_AreRead()
    {
        Assert.Null(ApiKey.Parse($"{Hash}  name=ivr.1 Scopes=listen,ADMIN expires=2027-01-31T18:00:00Z", out var key));

        Assert.Equal(Scopes.Listen | Scopes.Admin, key.Scopes);
        Assert.Equal(new DateTimeOffset(2027, 1, 31, 18, 0, 0, TimeSpan.Zero), key.ExpiresAt);
        Assert.Equal("ivr.1", key.Name);
    }

    [Fact]
    public void Parse_ADay_IsItsBeginningInUtc()
    {
        Assert.Null(ApiKey.Parse($"{Hash} expires=2027-01-31", out var key));

        Assert.Equal(new DateTimeOffset(2027, 1, 31, 0, 0, 0, TimeSpan.Zero), key.ExpiresAt);
    }

    [Theory]
    [InlineData("", "SHA-256")]
    [InlineData("hush", "SHA-256")]
    [InlineData("{0}00", "SHA-256")]
    [InlineData("{0} hush", "behind a SHA-256")]
    [InlineData("{0} scopes=hush", "unknown scope")]
    [InlineData("{0} scopes=", "unknown scope")]
    [InlineData("{0} scopes=3", "unknown scope")]
    [InlineData("{0} expires=hush", "expiry")]
    [InlineData("{0} expires=2027-02-30", "expiry")]
    [InlineData("{0} expires=2027-01-31T18:00:00+01:00", "expiry")]
    [InlineData("{0} name=", "name")]
    [InlineData("{0} name=hush\u0007", "name")]
    public void Parse_AFault_IsNamedAndQuotesNothing(string text, string named)
    {
        var fault = ApiKey.Parse(string.Format(null, text, Hash), out _);

        Assert.Contains(named, fault, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", fault, StringComparison.Ordinal);
        Assert.DoesNotContain(Hash, fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" scopes=admin")]
    [InlineData(" scopes=speak,admin expires=2027-01-31T18:00:00Z name=ivr")]
    public void ToString_IsWhatParseReads(string rest)
    {
        Assert.Null(ApiKey.Parse(Hash + rest, out var key));

        Assert.Equal(Hash + rest, key.ToString());
    }

    [Fact]
    public void HasExpired_AtTheTimeNotBefore()
    {
        var end = new DateTimeOffset(2027, 1, 31, 0, 0, 0, TimeSpan.Zero);
        var key = new ApiKey(Hash) { ExpiresAt = end };

        Assert.False(key.HasExpired(end - TimeSpan.FromTicks(1)));
        Assert.True(key.HasExpired(end));
        Assert.False((key with { ExpiresAt = null }).HasExpired(DateTimeOffset.MaxValue));
    }
}
