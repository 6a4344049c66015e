using System.Collections.Immutable;
using Microsoft.Extensions.Options;

namespace TtsGrains.Grains.Upstreams;

/// <summary>Which upstreams are configured, and which of them a tenant uses, the best first.</summary>
public sealed class UpstreamCatalogue
{
    private readonly IOptionsMonitor<TenantOptions> _tenants;

    /// <param name="names">The configured names.</param>
    /// <param name="upstreams">Their options.</param>
    /// <param name="tenants">Which upstreams a tenant names.</param>
    public UpstreamCatalogue(IEnumerable<string> names, IOptionsMonitor<UpstreamOptions> upstreams, IOptionsMonitor<TenantOptions> tenants)
    {
        Names = [.. names.OrderBy(name => upstreams.Get(name).Priority).ThenBy(name => name, StringComparer.Ordinal)];
        Shared = [.. Names.Where(name => upstreams.Get(name).Shared)];
        _tenants = tenants;
    }

    /// <summary>All of them.</summary>
    public ImmutableArray<string> Names { get; }

    /// <summary>Those that a tenant uses that names none, by priority.</summary>
    public ImmutableArray<string> Shared { get; }

    /// <summary>Those that a tenant names, in its order; of one that names none, those that are for all, by priority.</summary>
    public ImmutableArray<string> Of(string tenant) => _tenants.Get(tenant).Upstreams is { Count: > 0 } named ? [.. named] : Shared;
}
