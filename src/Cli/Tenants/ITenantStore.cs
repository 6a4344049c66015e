using TtsGrains.Tenants.Files;

namespace TtsGrains.Cli.Tenants;

/// <summary>Where tenants are kept: in a file, or by a service.</summary>
internal interface ITenantStore
{
    /// <summary>Where a new key is: for the message below it.</summary>
    string Place { get; }

    Task<IReadOnlyList<TenantEntry>> ListAsync(CancellationToken cancellationToken);

    Task<TenantEntry> GetAsync(string tenant, CancellationToken cancellationToken);

    Task<NewKey> AddAsync(string tenant, ApiKey key, CancellationToken cancellationToken);

    Task RemoveAsync(string tenant, CancellationToken cancellationToken);

    Task<NewKey> AddKeyAsync(string tenant, ApiKey key, CancellationToken cancellationToken);

    /// <summary>Adds a key with the name and the scopes of another one, which expires after the overlap.</summary>
    Task<NewKey> RotateKeyAsync(string tenant, KeyEntry key, TimeSpan overlap, DateTimeOffset? expiresAt, CancellationToken cancellationToken);

    Task RevokeAsync(string tenant, IReadOnlyList<KeyEntry> keys, CancellationToken cancellationToken);

    /// <summary>Sets limits by name; null returns to the default.</summary>
    Task SetLimitsAsync(string tenant, IReadOnlyDictionary<string, long?> limits, CancellationToken cancellationToken);
}

/// <summary>A tenant.</summary>
/// <param name="Tenant">Its id.</param>
/// <param name="Source">Where a service has it from; null in a file.</param>
/// <param name="Keys">Its keys.</param>
/// <param name="Limits">Its limits by name; null for none.</param>
internal sealed record TenantEntry(string Tenant, string? Source, IReadOnlyList<KeyEntry> Keys, IReadOnlyDictionary<string, long?> Limits);

/// <summary>A key, without the key itself.</summary>
internal sealed record KeyEntry(string Id, string? Name, IReadOnlyList<string> Scopes, DateTimeOffset? ExpiresAt)
{
    /// <summary>Finds a key of a tenant.</summary>
    /// <param name="keys">All keys of the tenant.</param>
    /// <param name="tenant">The tenant.</param>
    /// <param name="given">The key's id, the beginning of its id, or its name.</param>
    /// <exception cref="TenantsFileException">There is none, or there are several.</exception>
    public static KeyEntry Find(IReadOnlyList<KeyEntry> keys, string tenant, string given)
    {
        KeyEntry[] found = [.. keys.Where(key => key.Name == given || key.Id.StartsWith(given, StringComparison.OrdinalIgnoreCase))];
        return found.Length switch
        {
            1 => found[0],
            0 => throw new TenantsFileException($"{tenant} has no key '{given}'; ./tts tenants keys {tenant} lists them."),
            _ => throw new TenantsFileException($"{tenant} has {found.Length} keys '{given}'; name the id of one."),
        };
    }
}

/// <summary>A new key, with the key itself.</summary>
internal sealed record NewKey(string Key, string Id, IReadOnlyList<string> Scopes, DateTimeOffset? ExpiresAt, string? Name);
