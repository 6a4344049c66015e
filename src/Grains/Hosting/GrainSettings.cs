using TtsGrains.Archive;
using TtsGrains.Grains.Clustering;
using TtsGrains.Grains.Contexts.Lifecycle;
using TtsGrains.Grains.Upstreams;

namespace TtsGrains.Grains.Hosting;

/// <summary>The settings that every host of the service has.</summary>
public static class GrainSettings
{
    /// <summary>Gets the sections. A new options class is added here or to the list of its program, and so is checked and documented.</summary>
    /// <param name="mode">The program's place in a cluster; null if the settings decide.</param>
    /// <param name="tenantRules">Further rules for tenants.</param>
    public static IReadOnlyList<SettingsSection> Sections(ClusterMode? mode = null, params Func<string, TenantOptions, IEnumerable<string>>[] tenantRules) =>
    [
        SettingsSection.Of<HostSettings>(""),
        SettingsSection.Of<ListenOptions>(ListenSettings.Section, ListenOptions.Check),
        SettingsSection.Each(TenantOptions.Section, "<id>", tenantRules),
        SettingsSection.Each<UpstreamOptions>(UpstreamOptions.Section, "<name>", UpstreamOptionsValidator.CheckUrl),
        SettingsSection.Of<ContextOptions>(ContextOptions.Section),
        SettingsSection.Of(ArchiveOptions.Section, ValidatorRule.Of(new ArchiveOptionsValidator())),
        SettingsSection.Of<ClusterSettings>(ClusterSettings.Section, (_, cluster) => ClusterSettingsRules.Check(cluster, mode)),
    ];
}
