using System.Text.Json;
using TtsGrains.Client;

namespace TtsGrains.Cli.Tenants;

/// <summary>The tenants of a service, by its admin API.</summary>
internal sealed class ServiceTenants(TtsClient client) : ITenantStore
{
    private const string Root = "v1/admin/tenants";

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public string Place => "The service holds only its SHA-256.";

    public async Task<IReadOnlyList<TenantEntry>> ListAsync(CancellationToken cancellationToken)
        => (await SendAsync<TenantList>(HttpMethod.Get, Root, body: null, cancellationToken)).Tenants;

    public Task<TenantEntry> GetAsync(string tenant, CancellationToken cancellationToken) => SendAsync<TenantEntry>(HttpMethod.Get, PathOf(tenant), body: null, cancellationToken);

    public Task<NewKey> AddAsync(string tenant, ApiKey key, CancellationToken cancellationToken)
        => SendAsync<NewKey>(HttpMethod.Post, Root, new { Tenant = tenant, Key = BodyOf(key) }, cancellationToken);

    public Task RemoveAsync(string tenant, CancellationToken cancellationToken) => client.RequestAsync(HttpMethod.Delete, PathOf(tenant), json: null, cancellationToken);

    public Task<NewKey> AddKeyAsync(string tenant, ApiKey key, CancellationToken cancellationToken)
        => SendAsync<NewKey>(HttpMethod.Post, $"{PathOf(tenant)}/keys", BodyOf(key), cancellationToken);

    public Task<NewKey> RotateKeyAsync(string tenant, KeyEntry key, TimeSpan overlap, DateTimeOffset? expiresAt, CancellationToken cancellationToken)
        => SendAsync<NewKey>(
            HttpMethod.Post,
            $"{PathOf(tenant)}/keys/{key.Id}/rotate",
            new { OverlapSeconds = (long)overlap.TotalSeconds, ExpiresAt = expiresAt is { } end ? ApiKey.Format(end) : null },
            cancellationToken);

    public async Task RevokeAsync(string tenant, IReadOnlyList<KeyEntry> keys, CancellationToken cancellationToken)
    {
        foreach (var key in keys)
        {
            await client.RequestAsync(HttpMethod.Delete, $"{PathOf(tenant)}/keys/{key.Id}", json: null, cancellationToken);
        }
    }

    public Task SetLimitsAsync(string tenant, IReadOnlyDictionary<string, long?> limits, CancellationToken cancellationToken)
        => SendAsync<TenantEntry>(HttpMethod.Patch, $"{PathOf(tenant)}/limits", limits, cancellationToken);

    private async Task<T> SendAsync<T>(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
        => JsonSerializer.Deserialize<T>(await client.RequestAsync(method, path, body is null ? null : JsonSerializer.SerializeToUtf8Bytes(body, Json), cancellationToken), Json)!;

    private static object BodyOf(ApiKey key) => new { key.Name, Scopes = ScopeNames.Of(key.Scopes), ExpiresAt = key.ExpiresAt is { } end ? ApiKey.Format(end) : null };

    private static string PathOf(string tenant) => $"{Root}/{Uri.EscapeDataString(tenant)}";

    private sealed record TenantList(IReadOnlyList<TenantEntry> Tenants);
}
