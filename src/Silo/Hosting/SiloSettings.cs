using TtsGrains.Grains.Clustering;
using TtsGrains.Grains.Hosting;
using TtsGrains.Grains.Upstreams;

namespace TtsGrains.Silo.Hosting;

/// <summary>All settings of a silo.</summary>
internal static class SiloSettings
{
    public static SettingsCatalogue Catalogue { get; } = new(GrainSettings.Sections(ClusterMode.Member), CheckUpstreams)
    {
        // Of API hosts: all programs of a cluster may be given the same settings.
        Foreign = ["Socket", "Listeners", "Voices", "AccessTokens", "Credentials", "Cors", "Proxies", "Console", "LocalVoice"],
    };

    // A silo has no embedded voice, so it needs the address of at least one upstream.
    private static IEnumerable<string> CheckUpstreams(IConfiguration configuration)
    {
        var upstreams = configuration.GetSection(UpstreamOptions.Section);
        string[] names = [.. upstreams.GetChildren().Select(upstream => upstream.Key).DefaultIfEmpty(UpstreamOptions.Main)];
        return EntryRules.CheckPresent(upstreams, names, nameof(UpstreamOptions.Url), "an upstream")
            .Concat(EntryRules.CheckReferences(configuration.GetSection(TenantOptions.Section), nameof(TenantOptions.Upstreams), "upstream", names))
            .Concat(ShareRules.Check(configuration));
    }
}
