using TtsGrains.Grains.Diagnostics;

namespace TtsGrains.Silo.Hosting;

internal static class MetricsEndpoint
{
    // The name of Orleans' own meter.
    private const string Orleans = "Microsoft.Orleans";

    /// <summary>Counts from the start of the host on, so it must be there before the grains are.</summary>
    public static void AddMetricsPage(this IServiceCollection services) => services.AddSingleton(new MetricsPage(TtsInstruments.MeterName, Orleans));

    /// <summary><c>GET /metrics</c>, for Prometheus.</summary>
    public static void MapMetrics(this WebApplication app)
    {
        var health = app.Services.GetRequiredService<IHostHealth>();
        app.Services.GetRequiredService<TtsInstruments>().WatchReadiness(() => health.IsReady);
        app.MapGet("/metrics", (MetricsPage page) => Results.Text(page.Render(), MetricsPage.ContentType));
    }
}
