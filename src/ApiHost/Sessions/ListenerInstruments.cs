using System.Diagnostics.Metrics;
using TtsGrains.Grains.Diagnostics;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>The metrics of listeners: no session, no tenant.</summary>
internal sealed class ListenerInstruments
{
    private readonly UpDownCounter<int> _active;
    private readonly Counter<long> _rendered;
    private readonly Counter<long> _sent;
    private readonly Counter<long> _overflows;
    private readonly Counter<long> _gaps;
    private readonly Counter<long> _pauses;
    private readonly Histogram<double> _lag;

    public ListenerInstruments(IMeterFactory meters)
    {
        var meter = meters.Create($"{TelemetryNames.Prefix}.Listeners");
        _active = meter.CreateUpDownCounter<int>("tts.listeners.active", "{listener}", "Open connections of listeners.");
        _rendered = meter.CreateCounter<long>("tts.listeners.frames.rendered", "{frame}", "Rendered events; one may serve many listeners.");
        _sent = meter.CreateCounter<long>("tts.listeners.frames.sent", "{frame}", "Frames written to listeners.");
        _overflows = meter.CreateCounter<long>("tts.listeners.overflows", "{overflow}", "Overflowed buffers; their content is read again.");
        _gaps = meter.CreateCounter<long>("tts.listeners.gaps", "{gap}", "Gaps reported to listeners.");
        _pauses = meter.CreateCounter<long>(
            "tts.listeners.pauses", "{pause}", "Pauses of listeners that read frames again, by cause.");
        _lag = meter.CreateHistogram(
            "tts.listeners.lag", "s", "A live frame's arrival until a listener took it.", tags: null, MetricBuckets.ShortSeconds);
    }

    public void Joined() => _active.Add(1);

    public void Left() => _active.Add(-1);

    public void Rendered() => _rendered.Add(1);

    public void Sent() => _sent.Add(1);

    public void Overflowed() => _overflows.Add(1);

    public void Gap() => _gaps.Add(1);

    public void Lagged(TimeSpan lag) => _lag.Record(lag.TotalSeconds);

    /// <summary>Counts the wait for frames that were read again, if it was long enough for a pause.</summary>
    public void Waited(TimeSpan time, PauseCause cause)
    {
        if (time >= Pauses.Shortest)
        {
            _pauses.Add(1, new KeyValuePair<string, object?>("cause", cause.ToString().ToLowerInvariant()));
        }
    }
}
