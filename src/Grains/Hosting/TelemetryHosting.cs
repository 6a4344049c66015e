using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Orleans.Diagnostics;
using TtsGrains.Grains.Diagnostics;
using TtsGrains.Grains.Health;

namespace TtsGrains.Grains.Hosting;

/// <summary>OpenTelemetry, set up alike for every host: metrics for Prometheus, and export by OTLP where <c>OTEL_*</c> names an endpoint.</summary>
public static class TelemetryHosting
{
    /// <summary>Where Prometheus reads the metrics.</summary>
    public const string MetricsPath = "/metrics";

    private const string MemoryPoolMeter = "Microsoft.AspNetCore.MemoryPool";
    private const string OrleansMeter = "Microsoft.Orleans";
    private const string Query = "url.query";
    private const string Url = "url.full";

    /// <summary>Adds metrics, and traces when they are exported.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="service">The name of the program, unless <c>OTEL_SERVICE_NAME</c> is set.</param>
    public static void AddTelemetry(this IHostApplicationBuilder builder, string service)
    {
        var export = new TelemetryExport(builder.Configuration);
        builder.Services.AddSingleton(export);
        if (export.IsDisabled)
        {
            return;
        }

        // The variables are read last, so that they win.
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(service, serviceVersion: VersionOf(typeof(TelemetryHosting))).AddEnvironmentVariableDetector())
            .WithMetrics(metrics => AddMetrics(metrics, export));
        builder.Services.AddSingleton<HostInstruments>();
        if (export.HasTraces)
        {
            telemetry.WithTracing(AddTraces);
        }
    }

    /// <summary>Maps <see cref="MetricsPath"/>.</summary>
    /// <param name="routes">The host's routes.</param>
    /// <param name="configure">Adds middleware in front of the page; null adds none.</param>
    public static void MapMetrics(this IEndpointRouteBuilder routes, Action<IApplicationBuilder>? configure = null)
    {
        if (!routes.ServiceProvider.GetRequiredService<TelemetryExport>().IsDisabled)
        {
            routes.MapPrometheusScrapingEndpoint(MetricsPath, meterProvider: null, configure, optionsName: null);
        }
    }

    private static void AddMetrics(MeterProviderBuilder metrics, TelemetryExport export)
    {
        metrics.AddMeter($"{TelemetryNames.Prefix}*", OrleansMeter)
            .AddAspNetCoreInstrumentation()
            .AddView(WithoutMemoryPool)
            .AddHttpClientInstrumentation()
            .AddRuntimeInstrumentation()
            .AddNpgsqlInstrumentation()
            .AddInstrumentation(services => services.GetRequiredService<HostInstruments>())
            .AddPrometheusExporter(ConfigurePrometheus);
        if (export.HasMetrics)
        {
            metrics.AddOtlpExporter();
        }
    }

    // Kestrel's memory pool counts for each frame that is written.
    private static MetricStreamConfiguration? WithoutMemoryPool(Instrument instrument)
        => instrument.Meter.Name == MemoryPoolMeter ? MetricStreamConfiguration.Drop : null;

    // The label otel_scope_name would be on every sample, and the names of the metrics already tell the meter.
    private static void ConfigurePrometheus(PrometheusAspNetCoreOptions prometheus) => prometheus.ScopeInfoEnabled = false;

    private static void AddTraces(TracerProviderBuilder traces) => traces
        .AddSource($"{TelemetryNames.Prefix}*", ActivitySources.ApplicationGrainActivitySourceName, ActivitySources.LifecycleActivitySourceName, ActivitySources.StorageActivitySourceName)
        .AddAspNetCoreInstrumentation(requests =>
        {
            requests.Filter = IsTraced;
            requests.EnrichWithHttpRequest = (activity, _) => RemoveQuery(activity);
            requests.EnrichWithHttpResponse = (activity, _) => RemoveQuery(activity);
        })
        .AddHttpClientInstrumentation(requests =>
        {
            requests.EnrichWithHttpRequestMessage = (activity, request) => activity.SetTag(Url, WithoutQuery(request.RequestUri));
        })
        .AddNpgsql()
        .AddOtlpExporter();

    private static bool IsTraced(HttpContext http)
        => http.Request.Path != MetricsPath && !http.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal);

    // Clients may send keys and tokens in the query. The instrumentation redacts values, unless a variable turns that off.
    private static void RemoveQuery(Activity activity) => activity.SetTag(Query, null);

    private static string? WithoutQuery(Uri? uri) => uri?.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    private static string? VersionOf(Type type) => type.Assembly.GetName().Version?.ToString(fieldCount: 3);
}
