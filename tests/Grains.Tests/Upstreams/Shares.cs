using TtsGrains.Grains.Upstreams;

namespace TtsGrains.Grains.Tests.Upstreams;

/// <summary>The shares of a test's tenants; others have the default.</summary>
internal sealed class Shares : Dictionary<string, TenantShare>, ITenantShares
{
    public IReadOnlyCollection<string> Reserving => [.. this.Where(tenant => tenant.Value.Reserved > 0).Select(tenant => tenant.Key)];

    public TenantShare Of(string tenant) => this.GetValueOrDefault(tenant, TenantShare.Default);
}
