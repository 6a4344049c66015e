using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Primitives;

namespace TtsGrains.ApiHost.Tenants;

/// <summary>
/// Finds the owner of a key or token. Keys are known by their SHA-256 only and compared in constant time. Follows the configuration: a key that is
/// removed or expires is void at once, and so are the tokens that it created; what is open with them ends.
/// </summary>
internal sealed class TenantDirectory : IDisposable
{
    // A timer cannot be set to any time.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private readonly AccessTokens _tokens;
    private readonly TimeProvider _time;
    private readonly IConfiguration _configuration;
    private readonly Lock _gate = new();
    private readonly ITimer _expiry;
    private readonly IDisposable _reload;
    private volatile KnownKey[] _keys = [];
    private volatile FrozenDictionary<ulong, KnownKey[]> _keysById = FrozenDictionary<ulong, KnownKey[]>.Empty;
    private volatile KnownKey? _guest;

    public TenantDirectory(IConfiguration configuration, AccessTokens tokens, TimeProvider time)
    {
        (_configuration, _tokens, _time) = (configuration, tokens, time);
        _expiry = time.CreateTimer(_ => EndExpired(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Refresh();
        _reload = ChangeToken.OnChange(configuration.GetReloadToken, Refresh);
    }

    /// <summary>Returns the owner of a key or token; null if it is not valid.</summary>
    public Caller? Find(string? credential)
    {
        if (credential is null)
        {
            return null;
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(credential), hash);
        KnownKey? found = null;

        // No client can choose how a hash begins, so the time that this takes tells nothing about a key.
        foreach (var key in _keysById.GetValueOrDefault(BinaryPrimitives.ReadUInt64BigEndian(hash), []))
        {
            if (CryptographicOperations.FixedTimeEquals(key.Hash, hash))
            {
                found = key;
            }
        }

        if (_guest is { } guest && CryptographicOperations.FixedTimeEquals(guest.Hash, hash))
        {
            found = guest;
        }

        return found is null ? FindToken(credential) : IsValid(found) ? found.Caller : null;
    }

    /// <summary>Gets the keys of a tenant, also those that have expired.</summary>
    public IReadOnlyList<ApiKey> KeysOf(string tenant) => [.. _keys.Where(key => key.Caller.Tenant == tenant).Select(key => key.Settings)];

    /// <summary>Lets in, until the next call, who is in no configuration: the service itself, with a key that it makes up.</summary>
    /// <param name="key">Not to be guessed; null ends the access.</param>
    /// <param name="tenant">Whose it is.</param>
    public void SetGuest(string? key, string tenant)
        => _guest = key is null ? null : new KnownKey(tenant, new ApiKey(ApiKey.HashOf(key)) { Scopes = Scopes.Speak }, before: null);

    public void Dispose()
    {
        _reload.Dispose();
        _expiry.Dispose();
    }

    private Caller? FindToken(string credential)
        => _tokens.Read(credential) is { } token
            && ulong.TryParse(token.KeyId, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id)
            && Array.Find(_keysById.GetValueOrDefault(id, []), key => key.Caller.Tenant == token.Tenant) is { } creator && IsValid(creator)
            ? creator.Caller with { Scopes = token.Scopes & creator.Caller.Scopes, IsToken = true, Session = token.Session, TokenId = token.Id }
            : null;

    private bool IsValid(KnownKey key) => !key.Settings.HasExpired(_time.GetUtcNow());

    private void Refresh()
    {
        lock (_gate)
        {
            var before = _keys.ToLookup(key => (key.Caller.Tenant, key.Settings.Sha256));
            KnownKey[] keys = [.. from key in ReadKeys() select new KnownKey(key.Tenant, key.Key, before[(key.Tenant, key.Key.Sha256)].FirstOrDefault())];
            var going = keys.Select(key => key.Caller.Revoked).ToHashSet();
            var gone = Array.FindAll(_keys, old => !going.Contains(old.Caller.Revoked));

            // Before anything ends: what comes back at once must not be let in.
            _keys = keys;
            _keysById = keys.GroupBy(key => BinaryPrimitives.ReadUInt64BigEndian(key.Hash)).ToFrozenDictionary(same => same.Key, same => same.ToArray());
            Array.ForEach(gone, key => key.End());
            EndExpired();
        }
    }

    private void EndExpired()
    {
        lock (_gate)
        {
            Array.ForEach(Array.FindAll(_keys, key => !IsValid(key)), key => key.End());
            var next = _keys.Where(IsValid).Min(key => key.Settings.ExpiresAt);
            var wait = next - _time.GetUtcNow() ?? Timeout.InfiniteTimeSpan;

            // Rounded up: a timer that is due a moment too early finds nothing expired.
            _expiry.Change(wait > LongestWait ? LongestWait : next is null ? wait : TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
        }
    }

    // The options of the tenants are checked before they are applied. An entry that is no key lets no one in.
    private IEnumerable<(string Tenant, ApiKey Key)> ReadKeys()
    {
        foreach (var tenant in _configuration.GetSection(TenantOptions.Section).GetChildren())
        {
            foreach (var text in tenant.GetSection(nameof(TenantOptions.Keys)).GetChildren())
            {
                if (ApiKey.Parse(text.Value ?? "", out var key) is null)
                {
                    yield return (tenant.Key, key);
                }
            }
        }
    }
}
