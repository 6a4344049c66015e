using TtsGrains.Grains.Clustering;
using TtsGrains.Grains.Health;
using TtsGrains.Grains.Hosting;
using TtsGrains.Grains.Tenants;

namespace TtsGrains.Silo.Hosting;

/// <summary>What a silo is made of.</summary>
internal static class SiloApp
{
    /// <summary>Where it answers about its health, unless <c>Listen:Http</c> says otherwise.</summary>
    public const int DefaultHttp = 8081;

    public static WebApplication BuildSilo(this WebApplicationBuilder builder, ClusterSettings cluster)
    {
        Logs.Configure(builder.Logging, builder.Configuration);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(builder.Configuration.GetListenAddress(), builder.Configuration.GetHttpPort(DefaultHttp));
        });
        builder.AddTelemetry("ttsgrains-silo");
        builder.AddTenantsFile(cluster);
        builder.Services.AddTenantOptions(builder.Configuration);
        builder.AddGrains(builder.Configuration.GetDataDirectory(), cluster);
        builder.AddDashboard(cluster);
        builder.Host.ConfigureContainer<IServiceCollection>(AnswerFromFirstToLast);

        var app = builder.Build();
        app.MapHealth();
        app.MapMetrics();
        app.MapDashboard(cluster);
        return app;
    }

    public static async Task AnnounceReadyAsync(this WebApplication app, ClusterSettings cluster)
    {
        if (await app.WhenReadyAsync())
        {
            Console.Out.WriteLine($"ready silo={cluster.Name} endpoint={cluster.SiloEndpoint} health={app.FindAddress("http")}");
        }
    }

    // The HTTP server would start last and stop first. Here it serves only probes, and they ask while the silo starts and
    // while it hands over too.
    private static void AnswerFromFirstToLast(IServiceCollection services)
    {
        var server = services.Last(service => service.ServiceType == typeof(IHostedService));
        services.Remove(server);
        services.Insert(0, server);
    }
}
