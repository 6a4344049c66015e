using System.Diagnostics.Metrics;
using TtsGrains.Grains.Diagnostics;

namespace TtsGrains.ApiHost.Tts;

/// <summary>The metrics of clients' sockets: no session, no tenant.</summary>
internal sealed class SocketInstruments
{
    private readonly Histogram<double> _cancel;

    public SocketInstruments(IMeterFactory meters) => _cancel = meters.Create($"{TelemetryNames.Prefix}.Sockets").CreateHistogram(
        "tts.sockets.cancel_to_silence",
        "s",
        "Cancel read to the context's last written bytes.",
        tags: null,
        MetricBuckets.ShortSeconds);

    public void Silenced(TimeSpan time) => _cancel.Record(time.TotalSeconds);
}
