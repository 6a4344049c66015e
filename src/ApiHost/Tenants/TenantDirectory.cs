using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Primitives;
using TtsGrains.ApiHost.Errors;
using TtsGrains.Grains.Tenants;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Tenants;

/// <summary>
/// Tells whose a key or token is. Keys are known by their SHA-256 only and compared in constant time. Follows the configuration: a key that is
/// taken out is void at once, and so are the tokens that it created.
/// </summary>
internal sealed class TenantDirectory : IDisposable
{
    private const int KeyIdLength = 16;

    private readonly AccessTokens _tokens;
    private readonly IDisposable _reload;
    private volatile Key[] _keys;
    private volatile Key? _guest;

    public TenantDirectory(IConfiguration configuration, AccessTokens tokens)
    {
        _tokens = tokens;
        _keys = ReadKeys(configuration);
        _reload = ChangeToken.OnChange(configuration.GetReloadToken, () => _keys = ReadKeys(configuration));
    }

    /// <summary>Decides whether a request may do what needs these grants.</summary>
    /// <param name="request">Carries the credential.</param>
    /// <param name="needed">What the request is about.</param>
    /// <param name="caller">Who it is, when there is no error.</param>
    /// <returns>Null, or why not.</returns>
    public ProtocolError? Check(HttpRequest request, Grants needed, out Caller? caller)
    {
        caller = Find(Credential.From(request));
        return caller is null ? ErrorCatalogue.Unauthorized
            : (caller.Grants & needed) != needed ? ApiErrors.GrantMissing((needed & ~caller.Grants).ToString().ToLowerInvariant())
            : null;
    }

    /// <summary>Whom a key or token belongs to; null when it is nobody's.</summary>
    public Caller? Find(string? credential)
    {
        if (credential is null)
        {
            return null;
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(credential), hash);
        Caller? found = null;
        foreach (var key in _keys)
        {
            // No early return: how long this takes says nothing about which key it was.
            if (CryptographicOperations.FixedTimeEquals(key.Hash, hash))
            {
                found = key.Caller;
            }
        }

        if (_guest is { } guest && CryptographicOperations.FixedTimeEquals(guest.Hash, hash))
        {
            found = guest.Caller;
        }

        return found ?? FindToken(credential);
    }

    /// <summary>Lets in, until the next call, who is in no configuration: the service itself, with a key that it makes up.</summary>
    /// <param name="key">Not to be guessed; null lets nobody in any more.</param>
    /// <param name="tenant">Whose it is.</param>
    public void SetGuest(string? key, string tenant)
        => _guest = key is null ? null : new Key(SHA256.HashData(Encoding.UTF8.GetBytes(key)), new Caller(tenant, KeyId: "", Grants.Tts, IsToken: false));

    public void Dispose() => _reload.Dispose();

    private Caller? FindToken(string credential)
        => _tokens.Read(credential) is { } token && _keys.Any(key => key.Caller.Tenant == token.Tenant && key.Caller.KeyId == token.KeyId)
            ? new Caller(token.Tenant, token.KeyId, token.Grants, IsToken: true)
            : null;

    // The options of the tenants are checked at start. What a later change gets wrong is no key.
    private static Key[] ReadKeys(IConfiguration configuration) =>
    [
        .. from tenant in configuration.GetSection(TenantOptions.Section).GetChildren()
           from key in tenant.GetSection(nameof(TenantOptions.Keys)).GetChildren()
           let hash = key.Value ?? ""
           where hash.Length == 2 * SHA256.HashSizeInBytes && hash.All(char.IsAsciiHexDigit)
           select new Key(Convert.FromHexString(hash), new Caller(tenant.Key, hash[..KeyIdLength].ToLowerInvariant(), Grants.All, IsToken: false)),
    ];

    private sealed record Key(byte[] Hash, Caller Caller);
}
