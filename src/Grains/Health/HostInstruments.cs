using System.Diagnostics.Metrics;
using TtsGrains.Grains.Diagnostics;

namespace TtsGrains.Grains.Health;

/// <summary>The metric of the host itself.</summary>
internal sealed class HostInstruments
{
    public HostInstruments(IMeterFactory meters, IHostHealth health)
        => meters.Create($"{TelemetryNames.Prefix}.Host").CreateObservableGauge(
            "tts.ready", () => health.IsReady ? 1 : 0, description: "1 while /health/ready is 200, else 0.");
}
