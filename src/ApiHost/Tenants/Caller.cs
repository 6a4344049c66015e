namespace TtsGrains.ApiHost.Tenants;

/// <summary>The owner of a valid key or token.</summary>
/// <param name="Tenant">The tenant's id.</param>
/// <param name="KeyId">The <see cref="ApiKey.Id"/> of the key, or of the one that created the token.</param>
/// <param name="Scopes">What it allows.</param>
/// <param name="IsToken">True if it is a token.</param>
internal sealed record Caller(string Tenant, string KeyId, Scopes Scopes, bool IsToken)
{
    /// <summary>The only session that a token is for; null if it is for all of its tenant.</summary>
    public string? Session { get; init; }

    /// <summary>The id of a token; null for a key.</summary>
    public string? TokenId { get; init; }

    /// <summary>Cancelled when the key is void: removed, expired, or without a scope that it had.</summary>
    public CancellationToken Revoked { get; init; }
}
