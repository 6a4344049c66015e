using System.Diagnostics.Metrics;

namespace TtsGrains.Archive.Writing;

/// <summary>The metrics of the archive, meter <c>TtsGrains.Archive</c>.</summary>
public sealed class ArchiveInstruments(IMeterFactory meters)
{
    private readonly Meter _meter = meters.Create("TtsGrains.Archive");

    /// <summary>Reports the segments that wait for the store.</summary>
    /// <param name="backlog">Gets the backlog.</param>
    /// <param name="spoolLimit">The largest size of the spool, bytes.</param>
    public void Watch(Func<ArchiveBacklog> backlog, long spoolLimit)
    {
        _meter.CreateObservableGauge("tts.archive.pending.segments", () => backlog().Segments, "{segment}", "Segments the store has not confirmed.");
        _meter.CreateObservableGauge("tts.archive.pending.memory", () => backlog().Bytes, "By", "Memory of unstored segments.");
        _meter.CreateObservableGauge("tts.archive.spool.size", () => backlog().SpoolBytes, "By", "Audio in the spool.");
        _meter.CreateObservableGauge("tts.archive.spool.limit", () => spoolLimit, "By", "Largest size of the spool.");
        _meter.CreateObservableGauge("tts.archive.pending.age", () => backlog().OldestAge.TotalSeconds, "s", "Age of the oldest unstored segment.");
        _meter.CreateObservableCounter("tts.archive.lost.segments", () => backlog().LostSegments, "{segment}", "Lost segments.");
    }
}
