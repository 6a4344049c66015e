using System.Collections.Immutable;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace TtsGrains.Grains.Upstreams;

/// <summary>The shares of tenants in upstreams by their settings, which may change while the host runs.</summary>
internal sealed class TenantShares : IDisposable
{
    private readonly IConfiguration _configuration;
    private readonly IOptionsMonitor<TenantOptions> _tenants;
    private readonly UpstreamCatalogue _catalogue;
    private readonly IDisposable _changes;
    private volatile ImmutableDictionary<string, ImmutableArray<string>>? _reserving;

    public TenantShares(IConfiguration configuration, IOptionsMonitor<TenantOptions> tenants, UpstreamCatalogue catalogue)
    {
        (_configuration, _tenants, _catalogue) = (configuration, tenants, catalogue);
        _changes = ChangeToken.OnChange(configuration.GetReloadToken, () => _reserving = null);
    }

    /// <summary>Gets the shares in one upstream.</summary>
    public ITenantShares In(string upstream) => new InUpstream(this, upstream);

    /// <summary>Gets the share of a tenant in an upstream that it uses.</summary>
    public TenantShare Of(string tenant)
    {
        var options = _tenants.Get(tenant);
        return new TenantShare(options.Weight, options.ReservedContexts, options.BurstContexts ?? int.MaxValue);
    }

    public void Dispose() => _changes.Dispose();

    // Read from the configuration: the options of tenants are reset on the same change, perhaps after this.
    private ImmutableDictionary<string, ImmutableArray<string>> Reserving => _reserving ??= (
        from tenant in _configuration.GetSection(TenantOptions.Section).GetChildren()
        where tenant.GetValue<int>(nameof(TenantOptions.ReservedContexts)) > 0
        from upstream in tenant.GetSection(nameof(TenantOptions.Upstreams)).GetChildren().Select(name => name.Value).OfType<string>().DefaultIfEmpty("")
        from used in upstream.Length > 0 ? [upstream] : _catalogue.Shared
        group tenant.Key by used).ToImmutableDictionary(group => group.Key, group => group.ToImmutableArray(), StringComparer.Ordinal);

    private sealed class InUpstream(TenantShares shares, string upstream) : ITenantShares
    {
        public IReadOnlyCollection<string> Reserving => shares.Reserving.GetValueOrDefault(upstream, []);

        public TenantShare Of(string tenant) => shares.Of(tenant);
    }
}
