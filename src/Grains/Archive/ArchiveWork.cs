namespace TtsGrains.Grains.Archive;

/// <summary>One thing to store for a context. Compared by reference: each is its own place in the queue.</summary>
internal abstract class ArchiveWork
{
    // What an entry costs besides its payload, about.
    private const int Overhead = 256;

    private ArchiveWork(long payloadBytes) => Bytes = payloadBytes + Overhead;

    /// <summary>Memory that it holds, about.</summary>
    public long Bytes { get; }

    public sealed class StoreSegment(FinishedSegment segment) : ArchiveWork(SizeOf(segment))
    {
        public FinishedSegment Segment { get; } = segment;

        public int FlushId => Segment.FlushId;
    }

    /// <summary>A segment that was refused: its audio is gone, the manifest still says that it was.</summary>
    public sealed class NoteLostSegment(FinishedSegment segment, string reason) : ArchiveWork(0)
    {
        public int FlushId { get; } = segment.FlushId;

        public SegmentEnding Ending { get; } = segment.Ending;

        public DateTimeOffset StartedAt { get; } = segment.StartedAt;

        public DateTimeOffset FinishedAt { get; } = segment.FinishedAt;

        public string Reason { get; } = reason;
    }

    public sealed class StoreManifest(ContextSummary summary) : ArchiveWork(summary.Text.Length * sizeof(char))
    {
        public ContextSummary Summary { get; } = summary;
    }

    private static long SizeOf(FinishedSegment segment)
        => segment.Audio.Sum(a => (long)a.Length) + segment.WordTimestamps.Sum(w => (long)w.Length) + (segment.Text.Length * sizeof(char));
}
