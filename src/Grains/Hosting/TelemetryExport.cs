using Microsoft.Extensions.Configuration;

namespace TtsGrains.Grains.Hosting;

/// <summary>Reads which signals are exported by OTLP from the standard variables <c>OTEL_*</c>. Without an endpoint nothing is sent.</summary>
/// <param name="configuration">Contains the environment variables.</param>
internal sealed class TelemetryExport(IConfiguration configuration)
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>True if <c>OTEL_SDK_DISABLED</c> turns telemetry off, metrics for Prometheus included.</summary>
    public bool IsDisabled => string.Equals(configuration["OTEL_SDK_DISABLED"], "true", StringComparison.OrdinalIgnoreCase);

    public bool HasTraces => IsExported("TRACES");

    public bool HasMetrics => IsExported("METRICS");

    private bool IsExported(string signal)
        => (IsSet(Endpoint) || IsSet($"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"))
            && configuration[$"OTEL_{signal}_EXPORTER"] is null or "" or "otlp";

    private bool IsSet(string variable) => !string.IsNullOrWhiteSpace(configuration[variable]);
}
