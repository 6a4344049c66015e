using System.Globalization;
using TtsGrains.Tenants.Files;

namespace TtsGrains.Cli.Tenants;

/// <summary>The tenants of a file.</summary>
internal sealed class FileTenants(TenantsFileEditor file) : ITenantStore
{
    private TenantsDocument Document => file.Document;

    public string Place => "The file holds only its SHA-256.";

    public Task<IReadOnlyList<TenantEntry>> ListAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<TenantEntry>>([.. Document.Tenants.Select(Describe)]);

    public Task<TenantEntry> GetAsync(string tenant, CancellationToken cancellationToken) => Task.FromResult(Describe(tenant));

    public Task<NewKey> AddAsync(string tenant, ApiKey key, CancellationToken cancellationToken)
    {
        Document.Add(tenant);
        return AddKeyAsync(tenant, key, cancellationToken);
    }

    public Task RemoveAsync(string tenant, CancellationToken cancellationToken)
    {
        Document.Remove(tenant);
        file.Save();
        return Task.CompletedTask;
    }

    public Task<NewKey> AddKeyAsync(string tenant, ApiKey key, CancellationToken cancellationToken)
    {
        var secret = ApiKey.NewSecret();
        key = key with { Sha256 = ApiKey.HashOf(secret) };
        Document.SetKeys(tenant, Document.KeysOf(tenant).Append(key));
        file.Save();
        return Task.FromResult(new NewKey(secret, key.Id, [.. ScopeNames.Of(key.Scopes)], key.ExpiresAt, key.Name));
    }

    public Task<NewKey> RotateKeyAsync(string tenant, KeyEntry key, TimeSpan overlap, DateTimeOffset? expiresAt, CancellationToken cancellationToken)
    {
        var secret = ApiKey.NewSecret();
        var next = Document.RotateKey(tenant, key.Id, ApiKey.HashOf(secret), TimeProvider.System.GetUtcNow() + overlap, expiresAt)!;
        file.Save();
        return Task.FromResult(new NewKey(secret, next.Id, [.. ScopeNames.Of(next.Scopes)], next.ExpiresAt, next.Name));
    }

    public Task RevokeAsync(string tenant, IReadOnlyList<KeyEntry> keys, CancellationToken cancellationToken)
    {
        Document.SetKeys(tenant, Document.KeysOf(tenant).Where(key => keys.All(revoked => revoked.Id != key.Id)));
        file.Save();
        return Task.CompletedTask;
    }

    public Task SetLimitsAsync(string tenant, IReadOnlyDictionary<string, long?> limits, CancellationToken cancellationToken)
    {
        foreach (var limit in TenantLimit.All.Where(limit => limits.ContainsKey(limit.Name)))
        {
            Document.Set(tenant, limit.Setting, limits[limit.Name]);
        }

        file.Save();
        return Task.CompletedTask;
    }

    private TenantEntry Describe(string tenant) => new(
        tenant,
        Source: null,
        [.. Document.KeysOf(tenant).Select(key => new KeyEntry(key.Id, key.Name, [.. ScopeNames.Of(key.Scopes)], key.ExpiresAt))],
        TenantLimit.All.ToDictionary(limit => limit.Name, limit => Document.SettingOf(tenant, limit.Setting) is { } text ? long.Parse(text, CultureInfo.InvariantCulture) : limit.Default));
}
