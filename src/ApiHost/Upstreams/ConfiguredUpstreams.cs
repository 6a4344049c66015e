using TtsGrains.Grains.Clustering;
using TtsGrains.Grains.Upstreams;

namespace TtsGrains.ApiHost.Upstreams;

/// <summary>The upstreams of the configuration.</summary>
internal static class ConfiguredUpstreams
{
    /// <summary>True if at least one upstream has an address. Without any, the embedded voice is the main upstream.</summary>
    public static bool HaveAddress(IConfiguration configuration)
        => configuration.GetSection(UpstreamOptions.Section).GetChildren().Any(upstream => !string.IsNullOrEmpty(upstream[nameof(UpstreamOptions.Url)]));

    /// <summary>Gets a sentence for every upstream without an address, for every upstream that a tenant names and that does not exist, and for shares that do not fit.</summary>
    public static IEnumerable<string> Check(IConfiguration configuration)
    {
        if (Enum.TryParse<ClusterMode>(configuration[$"{ClusterSettings.Section}:{nameof(ClusterSettings.Mode)}"], ignoreCase: true, out var mode) && mode == ClusterMode.Client)
        {
            // Only silos speak through upstreams then, and their settings name them.
            return [];
        }

        var upstreams = configuration.GetSection(UpstreamOptions.Section);
        var names = upstreams.GetChildren().Select(upstream => upstream.Key);
        string[] embedded = HaveAddress(configuration) ? [] : [UpstreamOptions.Main];
        return EntryRules.CheckPresent(upstreams, names.Except(embedded, StringComparer.OrdinalIgnoreCase), nameof(UpstreamOptions.Url), "an upstream")
            .Concat(EntryRules.CheckReferences(configuration.GetSection(TenantOptions.Section), nameof(TenantOptions.Upstreams), "upstream", [.. names.Union(embedded)]))
            .Concat(ShareRules.Check(configuration));
    }
}
