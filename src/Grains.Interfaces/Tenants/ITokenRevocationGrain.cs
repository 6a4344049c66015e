using System.Collections.Immutable;

namespace TtsGrains.Grains.Interfaces.Tenants;

/// <summary>Keeps the access tokens that were revoked before they expired, for all API hosts (key: <see cref="Key"/>).</summary>
[Alias("tts.ITokenRevocationGrain")]
public interface ITokenRevocationGrain : IGrainWithStringKey
{
    /// <summary>The key of the only one.</summary>
    const string Key = "tokens";

    /// <summary>Gets the revoked tokens.</summary>
    /// <param name="known">The version that the caller has.</param>
    /// <returns>Null if that is the newest.</returns>
    [Alias("get")]
    Task<TokenRevocations?> GetAsync(long known);

    /// <summary>Revokes a token.</summary>
    /// <param name="tenant">Whose it is.</param>
    /// <param name="token">Its id.</param>
    /// <param name="life">How long it may still be valid.</param>
    [Alias("revoke")]
    Task<TokenRevocationOutcome> RevokeAsync(string tenant, string token, TimeSpan life);
}

/// <summary>The revoked access tokens.</summary>
/// <param name="Version">Grows with every revocation.</param>
/// <param name="Tokens">Each by <see cref="NameOf"/>.</param>
[GenerateSerializer, Immutable, Alias("tts.TokenRevocations")]
public sealed record TokenRevocations([property: Id(0)] long Version, [property: Id(1)] ImmutableArray<string> Tokens)
{
    /// <summary>Returns the name of a token among those of all tenants.</summary>
    public static string NameOf(string tenant, string token) => $"{tenant}/{token}";
}

/// <summary>What became of a revocation. Zero is never a valid value.</summary>
public enum TokenRevocationOutcome : byte
{
    None = 0,

    /// <summary>It is stored.</summary>
    Stored = 1,

    /// <summary>The tenant has too many revoked tokens that have not expired; nothing has changed.</summary>
    TooMany = 2,

    /// <summary>The storage failed; the revocation may or may not be there.</summary>
    StoreUnavailable = 3,
}
