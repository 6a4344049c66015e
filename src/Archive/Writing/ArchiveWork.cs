using TtsGrains.Archive.Manifests;
using TtsGrains.Archive.Usage;

namespace TtsGrains.Archive.Writing;

/// <summary>One thing that a context has handed over. Compared by reference: each is its own place in the queue.</summary>
internal abstract class ArchiveWork
{
    // What an entry costs besides its payload, about.
    private const int Overhead = 256;

    private ArchiveWork(long payloadBytes) => Bytes = payloadBytes + Overhead;

    /// <summary>Memory that it holds, about.</summary>
    public long Bytes { get; }

    /// <summary>The beginning, or a further part, of a segment that is still being spoken.</summary>
    public sealed class StorePart(int flushId, IReadOnlyList<ReadOnlyMemory<byte>> audio) : ArchiveWork(audio.Sum(a => (long)a.Length))
    {
        public int FlushId { get; } = flushId;

        public IReadOnlyList<ReadOnlyMemory<byte>> Audio { get; } = audio;
    }

    public sealed class StoreSegment(FinishedSegment segment) : ArchiveWork(SizeOf(segment))
    {
        public FinishedSegment Segment { get; } = segment;

        public int FlushId => Segment.FlushId;
    }

    /// <summary>A segment of which only the manifest speaks: it was refused, or is not to be kept.</summary>
    public sealed class NoteSegment(ManifestSegment entry) : ArchiveWork(0)
    {
        public ManifestSegment Entry { get; } = entry;
    }

    public sealed class StoreManifest(ContextSummary summary) : ArchiveWork(summary.Text.Length * sizeof(char))
    {
        public ContextSummary Summary { get; } = summary;
    }

    /// <summary>What is known of a context only after it was handed over as finished.</summary>
    public sealed class CorrectUsage(ContextSummary summary) : ArchiveWork(0)
    {
        public ContextSummary Summary { get; } = summary;
    }

    /// <summary>A record of usage that is complete.</summary>
    public sealed class StoreUsage(UsageRecord record, Action? onStored) : ArchiveWork(0)
    {
        public UsageRecord Record { get; } = record;

        public Action? OnStored { get; } = onStored;
    }

    /// <summary>A segment that an earlier process left in the spool.</summary>
    public sealed class StoreLeftBehind(int flushId) : ArchiveWork(0)
    {
        public int FlushId { get; } = flushId;
    }

    private static long SizeOf(FinishedSegment segment)
        => segment.Audio.Sum(a => (long)a.Length) + segment.WordTimestamps.Sum(w => (long)w.Length) + (segment.Text.Length * sizeof(char));
}

/// <summary>A work as it waits for the store.</summary>
/// <param name="Work">What was handed over.</param>
internal abstract record StagedWork(ArchiveWork Work)
{
    /// <summary>A segment whose file lies in the spool.</summary>
    /// <param name="Work">What was handed over.</param>
    /// <param name="Entry">What the manifest will say.</param>
    /// <param name="Reserved">Bytes of the spool that it holds.</param>
    public sealed record Spooled(ArchiveWork Work, ManifestSegment Entry, long Reserved) : StagedWork(Work);

    /// <summary>A segment for which the spool had no room.</summary>
    public sealed record InMemory(ArchiveWork Work, FinishedSegment Segment) : StagedWork(Work);

    /// <summary>A segment of which only the manifest speaks.</summary>
    public sealed record Noted(ArchiveWork Work, ManifestSegment Entry) : StagedWork(Work);

    /// <summary>A record of usage.</summary>
    public sealed record Usage(ArchiveWork.StoreUsage Store) : StagedWork(Store);

    /// <summary>Its usage, once more.</summary>
    public sealed record Correction(ArchiveWork Work, ContextSummary Summary) : StagedWork(Work);

    /// <summary>How the context ended.</summary>
    public sealed record Manifest(ArchiveWork Work, ContextSummary Summary) : StagedWork(Work);
}
