using TtsGrains.Grains.Hosting;

namespace TtsGrains.Silo.Hosting;

/// <summary>All settings of a silo.</summary>
internal static class SiloSettings
{
    public static SettingsCatalogue Catalogue { get; } = new(GrainSettings.Sections(ClusterMode.Member))
    {
        // Of API hosts: all programs of a cluster may be given the same settings.
        Foreign = ["Socket", "Listeners", "Voices", "AccessTokens", "LocalVoice"],
    };
}
