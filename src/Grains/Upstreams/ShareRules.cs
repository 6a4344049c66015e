using Microsoft.Extensions.Configuration;

namespace TtsGrains.Grains.Upstreams;

/// <summary>What the shares of tenants must be like. Reports every failure, not the first.</summary>
public static class ShareRules
{
    /// <summary>Gets a sentence for every tenant whose burst is below its reserve, and for every upstream that cannot keep all that is reserved.</summary>
    /// <param name="configuration">The upstreams and all tenants. Values that are no numbers are the business of other rules.</param>
    public static IEnumerable<string> Check(IConfiguration configuration)
    {
        var tenants = configuration.GetSection(TenantOptions.Section).GetChildren().ToList();
        return tenants.Select(CheckBurst).OfType<string>().Concat(CheckSums(configuration.GetSection(UpstreamOptions.Section), tenants));
    }

    private static string? CheckBurst(IConfigurationSection tenant)
        => NumberOf(tenant, nameof(TenantOptions.BurstContexts)) is { } burst && NumberOf(tenant, nameof(TenantOptions.ReservedContexts)) is { } reserved && burst < reserved
            ? $"{tenant.Path}:{nameof(TenantOptions.BurstContexts)} is {burst}; it must be at least {nameof(TenantOptions.ReservedContexts)}, which is {reserved}."
            : null;

    private static IEnumerable<string> CheckSums(IConfigurationSection upstreams, IReadOnlyList<IConfigurationSection> tenants)
        => from upstream in upstreams.GetChildren()
           let most = NumberOf(upstream, nameof(UpstreamOptions.MaxContexts))
           let reserving = tenants.Where(tenant => NumberOf(tenant, nameof(TenantOptions.ReservedContexts)) > 0 && Uses(tenant, upstream)).ToList()
           let sum = reserving.Sum(tenant => NumberOf(tenant, nameof(TenantOptions.ReservedContexts)) ?? 0)
           where most > 0 && sum > most
           select $"{TenantOptions.Section}: {nameof(TenantOptions.ReservedContexts)} of {Words.And([.. reserving.Select(tenant => tenant.Key)])} add up to {sum}; they must not exceed {upstream.Path}:{nameof(UpstreamOptions.MaxContexts)}, which is {most}.";

    private static bool Uses(IConfigurationSection tenant, IConfigurationSection upstream)
        => tenant.GetSection(nameof(TenantOptions.Upstreams)).GetChildren().Select(name => name.Value).ToList() is { Count: > 0 } named
            ? named.Contains(upstream.Key)
            : !bool.TryParse(upstream[nameof(UpstreamOptions.Shared)], out var isShared) || isShared;

    private static long? NumberOf(IConfigurationSection section, string setting) => long.TryParse(section[setting], out var number) ? number : null;
}
