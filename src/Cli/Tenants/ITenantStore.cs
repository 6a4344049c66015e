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
internal sealed record KeyEntry(string Id, string? Name, IReadOnlyList<string> Scopes, DateTimeOffset? ExpiresAt);

/// <summary>A new key, with the key itself.</summary>
internal sealed record NewKey(string Key, string Id, IReadOnlyList<string> Scopes, DateTimeOffset? ExpiresAt, string? Name);
