using TtsGrains.Grains.Hosting;

namespace TtsGrains.Silo.Hosting;

/// <summary>The Orleans Dashboard is Microsoft Orleans' own; a silo of this engine does not start anyhow.</summary>
internal static class Dashboard
{
    public static void AddDashboard(this WebApplicationBuilder builder, ClusterSettings cluster) => _ = (builder, cluster);

    public static void MapDashboard(this WebApplication app, ClusterSettings cluster) => _ = (app, cluster);
}
