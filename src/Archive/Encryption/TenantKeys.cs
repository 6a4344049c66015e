using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using TtsGrains.Archive.Stores;

namespace TtsGrains.Archive.Encryption;

/// <summary>
/// The keys of the tenants: each tenant has numbered keys, of which the newest encrypts and all decrypt. Their objects are written once; a marker beside the
/// place of a deleted key says that it was. Other processes may create and delete keys at the same time: what is known here is at most
/// <see cref="LongestAge"/> old.
/// </summary>
/// <param name="store">Where the keys are.</param>
/// <param name="master">Encrypts them; null stores them as they are.</param>
/// <param name="time">The clock.</param>
internal sealed class TenantKeys(ISegmentArchive store, MasterKeys? master, TimeProvider time)
{
    /// <summary>How long a key that another process deleted may still be used here.</summary>
    public static readonly TimeSpan LongestAge = TimeSpan.FromSeconds(5);

    // No tenant's names begin so.
    private const string Folder = "~keys/";
    private const string KeyEnding = ".key";
    private const string DeletedEnding = ".deleted";
    private const string ContentType = "application/json";

    private readonly ConcurrentDictionary<string, (long LoadedAt, Ring Ring)> _rings = new(StringComparer.Ordinal);

    /// <summary>Gets the key that encrypts, and creates it if the tenant has none.</summary>
    /// <param name="tenant">The tenant's part of the names in the archive.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="UnreadableObjectException">It is encrypted with another master key.</exception>
    public async ValueTask<TenantKey> GetCurrentAsync(string tenant, CancellationToken cancellationToken)
    {
        Ring ring;
        try
        {
            ring = await GetAsync(tenant, cancellationToken);
        }
        catch (Exception away) when (StoreFailure.Is(away) && _rings.TryGetValue(tenant, out var known) && known.Ring.Current is not null)
        {
            // A key that was deleted meanwhile makes what is written now unreadable, which is what its deletion asks for.
            ring = known.Ring;
        }

        while (ring.Current is null)
        {
            await CreateAsync(tenant, ring, cancellationToken);
            ring = await LoadAsync(tenant, cancellationToken);
        }

        return ring.Current.Key ?? throw Missing(tenant, ring.Current.Number);
    }

    /// <summary>Finds the key that encrypts among what is known already, however old that is; null if it is not.</summary>
    public TenantKey? FindKnown(string tenant) => _rings.TryGetValue(tenant, out var known) ? known.Ring.Current?.Key : null;

    /// <summary>Finds a key to decrypt with.</summary>
    /// <exception cref="UnreadableObjectException">It was deleted, is unknown, or is encrypted with another master key.</exception>
    public async ValueTask<TenantKey> GetAsync(string tenant, int number, CancellationToken cancellationToken)
    {
        var ring = await GetAsync(tenant, cancellationToken);
        if (ring.IsDeleted(number))
        {
            throw new UnreadableObjectException(UnreadableReason.KeyDeleted, $"Key {number} of tenant {tenant} was deleted; what it encrypted cannot be read.");
        }

        return ring.Find(number)?.Key ?? throw Missing(tenant, number);
    }

    /// <summary>Lists all keys, those that were deleted too.</summary>
    public async Task<IReadOnlyList<TenantKeyState>> ListAsync(string tenant, CancellationToken cancellationToken)
        => (await LoadAsync(tenant, cancellationToken)).States;

    /// <summary>Creates a new key. From now on it encrypts here, and within <see cref="LongestAge"/> elsewhere.</summary>
    public async Task RotateAsync(string tenant, CancellationToken cancellationToken)
    {
        await CreateAsync(tenant, await LoadAsync(tenant, cancellationToken), cancellationToken);
        _rings.TryRemove(tenant, out _);
    }

    /// <summary>Deletes all keys of the tenant. It may be repeated. The next object of the tenant gets a new key.</summary>
    /// <returns>How many were deleted.</returns>
    public async Task<int> DeleteAsync(string tenant, CancellationToken cancellationToken)
    {
        var ring = await LoadAsync(tenant, cancellationToken);
        foreach (var key in ring.Keys)
        {
            // The marker first: a key without either would look like one that was lost.
            await WriteAsync(NameOf(tenant, key.Number, DeletedEnding), new StoredKey(key.Number, key.CreatedAt) { DeletedAt = time.GetUtcNow() }, cancellationToken);
            await store.DeleteAsync(NameOf(tenant, key.Number, KeyEnding), cancellationToken);
        }

        _rings.TryRemove(tenant, out _);
        return ring.Keys.Count;
    }

    private static UnreadableObjectException Missing(string tenant, int number) => new(
        UnreadableReason.KeyMissing, $"Key {number} of tenant {tenant} is not among its keys, or is encrypted with another master key.");

    private static string NameOf(string tenant, int number, string ending) => string.Create(CultureInfo.InvariantCulture, $"{Folder}{tenant}/{number:D6}{ending}");

    private static string PurposeOf(string tenant, int number) => string.Create(CultureInfo.InvariantCulture, $"tenant key {tenant} {number}");

    private async ValueTask<Ring> GetAsync(string tenant, CancellationToken cancellationToken)
        => _rings.TryGetValue(tenant, out var known) && time.GetElapsedTime(known.LoadedAt) < LongestAge ? known.Ring : await LoadAsync(tenant, cancellationToken);

    private async Task<Ring> LoadAsync(string tenant, CancellationToken cancellationToken)
    {
        var loadedAt = time.GetTimestamp();
        var known = _rings.TryGetValue(tenant, out var before) ? before.Ring : Ring.Empty;
        List<RingKey> keys = [];
        List<StoredKey> deleted = [];
        await foreach (var found in store.ListAsync($"{Folder}{tenant}/", cancellationToken))
        {
            var (number, ending) = Parse(found.Name);
            if (ending == DeletedEnding && (known.FindDeleted(number) ?? await ReadAsync(found.Name, cancellationToken)) is { } marker)
            {
                deleted.Add(marker);
            }
            else if (ending == KeyEnding && (known.Find(number) ?? await ReadKeyAsync(tenant, found.Name, cancellationToken)) is { } key)
            {
                keys.Add(key);
            }
        }

        var ring = new Ring(keys, deleted);
        _rings[tenant] = (loadedAt, ring);
        return ring;
    }

    private async Task CreateAsync(string tenant, Ring ring, CancellationToken cancellationToken)
    {
        var (number, secret) = (ring.LastNumber + 1, RandomNumberGenerator.GetBytes(Sealing.KeyBytes));
        var stored = new StoredKey(number, time.GetUtcNow())
        {
            Key = master is null ? secret : null,
            EncryptedKey = master?.Encrypt(secret, PurposeOf(tenant, number)),
        };
        await store.PrepareAsync(cancellationToken);
        await WriteAsync(NameOf(tenant, number, KeyEnding), stored, cancellationToken);
    }

    // Another process may have been quicker: then its key is the one of this number.
    private async Task WriteAsync(string name, StoredKey key, CancellationToken cancellationToken)
    {
        using var json = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(key, StoredKeyJson.Default.StoredKey));
        await store.WriteAsync(name, json, ContentType, cancellationToken);
    }

    private async Task<RingKey?> ReadKeyAsync(string tenant, string name, CancellationToken cancellationToken)
    {
        if (await ReadAsync(name, cancellationToken) is not { } stored)
        {
            return null;
        }

        var secret = stored.Key ?? (stored.EncryptedKey is { } encrypted ? master?.TryDecrypt(encrypted, PurposeOf(tenant, stored.Number)) : null);
        return new RingKey(stored.Number, stored.CreatedAt, secret is { Length: Sealing.KeyBytes } ? new TenantKey(stored.Number, secret) : null);
    }

    private async Task<StoredKey?> ReadAsync(string name, CancellationToken cancellationToken)
        => await store.ReadAsync(name, cancellationToken) is { } json ? JsonSerializer.Deserialize(json, StoredKeyJson.Default.StoredKey) : null;

    private static (int Number, string Ending) Parse(string name)
    {
        var file = name.AsSpan(name.LastIndexOf('/') + 1);
        var dot = file.IndexOf('.');
        return dot > 0 && int.TryParse(file[..dot], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? (number, file[dot..].ToString()) : (0, "");
    }
}
