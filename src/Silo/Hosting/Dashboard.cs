using Orleans.Dashboard;
using TtsGrains.Grains.Clustering;
using TtsGrains.Grains.Operations;

namespace TtsGrains.Silo.Hosting;

/// <summary>The Orleans Dashboard, when it is configured. It asks for no credential: anyone who can reach the silo's HTTP port sees it.</summary>
internal static class Dashboard
{
    public static void AddDashboard(this WebApplicationBuilder builder, ClusterSettings cluster)
    {
        if (cluster.Dashboard.Length > 0)
        {
            builder.UseOrleans(silo => silo.AddDashboard());
            builder.Services.AddSingleton<IHostReportPart, DashboardReportPart>();
        }
    }

    public static void MapDashboard(this WebApplication app, ClusterSettings cluster)
    {
        if (cluster.Dashboard.Length > 0)
        {
            app.MapOrleansDashboard(cluster.Dashboard);
        }
    }
}
