using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;

namespace TtsGrains.ApiHost.Tenants;

/// <summary>
/// Short-lived credentials for browsers and devices. A token carries all that is to be known of it, encrypted and authenticated by ASP.NET
/// data protection, so that nothing is stored but what is revoked. The expiry is part of it and read against our own clock; the framework's time-limited protector
/// asks the wall clock.
/// </summary>
internal sealed class AccessTokens(IDataProtectionProvider protection, RevokedTokens revoked, TimeProvider time)
{
    /// <summary>Tells a token from an API key.</summary>
    public const string Prefix = "tok_";

    /// <summary>How long a token is valid at most.</summary>
    public static readonly TimeSpan LongestLife = TimeSpan.FromHours(1);

    private const int KeyIdLength = 16;
    private const int RandomBytes = 8;

    private readonly IDataProtector _protector = protection.CreateProtector("TtsGrains.AccessTokens.v3");

    /// <summary>Creates a token. It allows no more than its creator may.</summary>
    /// <param name="creator">The owner of an API key.</param>
    /// <param name="scopes">What it should allow.</param>
    /// <param name="life">How long it is valid.</param>
    /// <param name="session">The only session that it is for; null for all of the tenant.</param>
    public string Create(Caller creator, Scopes scopes, TimeSpan life, string? session = null) => Create(creator, scopes, life, session, out _);

    /// <summary>Creates a token as the other method does.</summary>
    /// <param name="creator">The owner of an API key.</param>
    /// <param name="scopes">What it should allow.</param>
    /// <param name="life">How long it is valid.</param>
    /// <param name="session">The only session that it is for; null for all of the tenant.</param>
    /// <param name="token">What is inside.</param>
    public string Create(Caller creator, Scopes scopes, TimeSpan life, string? session, out AccessToken token)
    {
        token = new AccessToken(creator.KeyId + RandomNumberGenerator.GetHexString(2 * RandomBytes, lowercase: true), creator.Tenant, creator.KeyId, scopes & creator.Scopes, time.GetUtcNow() + life, session);
        var json = JsonSerializer.SerializeToUtf8Bytes(token, AccessTokenJson.Default.AccessToken);
        return Prefix + WebEncoders.Base64UrlEncode(_protector.Protect(json));
    }

    /// <summary>Returns the id of the key that created a token; null if this is no token's id.</summary>
    public static string? KeyIdOf(string id) => id.Length == KeyIdLength + (2 * RandomBytes) && id.All(char.IsAsciiHexDigitLower) ? id[..KeyIdLength] : null;

    /// <summary>Reads a token.</summary>
    /// <returns>Null when it is none of ours, was tampered with, was revoked or has expired.</returns>
    public AccessToken? Read(string text)
    {
        if (!text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        try
        {
            var json = _protector.Unprotect(WebEncoders.Base64UrlDecode(text, Prefix.Length, text.Length - Prefix.Length));
            var token = JsonSerializer.Deserialize(json, AccessTokenJson.Default.AccessToken);
            return token?.ExpiresAt > time.GetUtcNow() && !revoked.Has(token.Tenant, token.Id) ? token : null;
        }
        catch (Exception e) when (e is CryptographicException or FormatException or JsonException)
        {
            return null;
        }
    }
}

/// <summary>What is inside a token.</summary>
/// <param name="Id">Names it, where it must be named without being shown: the id of its key, and something random.</param>
/// <param name="Tenant">Whose it is.</param>
/// <param name="KeyId">The key that created it. When that is revoked or expires, its tokens are void.</param>
/// <param name="Scopes">What it allows.</param>
/// <param name="ExpiresAt">When it ends.</param>
/// <param name="Session">The only session that it is for; null for all of the tenant.</param>
internal sealed record AccessToken(string Id, string Tenant, string KeyId, Scopes Scopes, DateTimeOffset ExpiresAt, string? Session);

[JsonSerializable(typeof(AccessToken))]
internal sealed partial class AccessTokenJson : JsonSerializerContext;
