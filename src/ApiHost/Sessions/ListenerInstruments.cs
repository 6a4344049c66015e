using System.Diagnostics.Metrics;
using TtsGrains.Grains.Diagnostics;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>What listeners cost, as metrics of the meter <c>TtsGrains</c>. Counts only: no session, no tenant.</summary>
internal sealed class ListenerInstruments
{
    private readonly UpDownCounter<int> _active;
    private readonly Counter<long> _rendered;
    private readonly Counter<long> _sent;
    private readonly Counter<long> _overflows;
    private readonly Counter<long> _gaps;

    public ListenerInstruments(IMeterFactory meters)
    {
        var meter = meters.Create(TtsInstruments.MeterName);
        _active = meter.CreateUpDownCounter<int>("tts.listeners.active", "{listener}", "Who listens in on sessions.");
        _rendered = meter.CreateCounter<long>("tts.listeners.frames.rendered", "{frame}", "Events made for listeners; one may serve many.");
        _sent = meter.CreateCounter<long>("tts.listeners.frames.sent", "{frame}", "Frames written to listeners.");
        _overflows = meter.CreateCounter<long>("tts.listeners.overflows", "{overflow}", "How often a listener's room was too small; what was in it is read again.");
        _gaps = meter.CreateCounter<long>("tts.listeners.gaps", "{gap}", "Frames, in stretches, that nobody had any more.");
    }

    public void Joined() => _active.Add(1);

    public void Left() => _active.Add(-1);

    public void Rendered() => _rendered.Add(1);

    public void Sent() => _sent.Add(1);

    public void Overflowed() => _overflows.Add(1);

    public void Gap() => _gaps.Add(1);
}
