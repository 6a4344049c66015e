using TtsGrains.Grains.Interfaces.Tenants;

namespace TtsGrains.Grains.Tenants;

/// <summary>The stored revocations of access tokens.</summary>
[GenerateSerializer, Alias("tts.TokenRevocationState")]
internal sealed class TokenRevocationState
{
    /// <summary>How many revoked tokens of a tenant are kept at most.</summary>
    public const int MostOfATenant = 1000;

    // API hosts may read another clock.
    private static readonly TimeSpan ClockDifference = TimeSpan.FromMinutes(5);

    [Id(0)]
    public long Version { get; set; }

    /// <summary>When each token has expired.</summary>
    [Id(1)]
    public Dictionary<string, DateTimeOffset> Tokens { get; set; } = [];

    /// <summary>Adds a token, and removes those that have expired.</summary>
    /// <returns>False if the tenant has too many; then nothing has changed.</returns>
    public bool TryAdd(string tenant, string token, TimeSpan life, DateTimeOffset now)
    {
        var name = TokenRevocations.NameOf(tenant, token);
        var tokens = Tokens.Where(revoked => revoked.Value > now).ToDictionary();
        if (!tokens.ContainsKey(name) && tokens.Keys.Count(other => other.StartsWith(TokenRevocations.NameOf(tenant, ""), StringComparison.Ordinal)) >= MostOfATenant)
        {
            return false;
        }

        tokens.TryAdd(name, now + life + ClockDifference);
        (Version, Tokens) = (Version + 1, tokens);
        return true;
    }
}
