using TtsGrains.Archive.Manifests;
using TtsGrains.Archive.Spooling;
using TtsGrains.Archive.Usage;

namespace TtsGrains.Archive.Writing;

/// <summary>
/// Takes what one context has finished and returns at once; <see cref="ArchiveWriter"/> keeps it on disk and stores it in this order.
/// Until <see cref="ContextFinished"/> there is no manifest, so it must be called for every context that ends.
/// </summary>
public sealed class ContextRecorder
{
    private readonly Lock _gate = new();
    private readonly ArchiveWriter _writer;
    private int? _partsOf;
    private bool _isPartLost;
    private bool _finished;

    internal ContextRecorder(ContextIdentity identity, SegmentSpooler stage, ContextFiles files, ArchiveWriter writer)
    {
        Identity = identity;
        Stage = stage;
        Files = files;
        _writer = writer;
    }

    public ContextIdentity Identity { get; }

    internal SegmentSpooler Stage { get; }

    internal ContextFiles Files { get; }

    /// <summary>What waits for the spool.</summary>
    internal WorkQueue<ArchiveWork> Arrived { get; } = new();

    /// <summary>What waits for the store.</summary>
    internal WorkQueue<StagedWork> Staged { get; } = new();

    /// <summary>Failed tries of the work at the head, since the store's last outage. Only the one who writes for this context sets it.</summary>
    internal int Failures { get; set; }

    /// <summary>How many outages of the store were over when it failed last.</summary>
    internal int Outages { get; set; }

    /// <summary>Counts what it sends while it is open; null if nothing does.</summary>
    public SentCount? Sent { get; init; }

    /// <summary>Whether an earlier process began this account.</summary>
    internal bool IsLeftBehind { get; init; }

    /// <summary>
    /// Hands over a part of a segment that is still being spoken, so that a long one is not kept in memory. The rest comes with
    /// <see cref="SegmentFinished"/>, or the parts are void with <see cref="SegmentNotKept"/>.
    /// </summary>
    /// <param name="flushId">The segment's number.</param>
    /// <param name="audio">Its next chunks, as in <see cref="FinishedSegment.Audio"/>.</param>
    /// <exception cref="InvalidOperationException">The context was finished before.</exception>
    public void SegmentGrew(int flushId, IReadOnlyList<ReadOnlyMemory<byte>> audio)
    {
        lock (_gate)
        {
            ThrowIfFinished();
            _partsOf = flushId;
            var work = new ArchiveWork.StorePart(flushId, audio);
            if (!_isPartLost && _writer.TryTake(this, work))
            {
                Enqueue(work);
            }
            else
            {
                _isPartLost = true;
            }
        }
    }

    /// <summary>Hands over a segment, or what <see cref="SegmentGrew"/> has not taken of it. Beyond the writer's bounds it is lost, counted and logged; the caller is never held up.</summary>
    /// <exception cref="InvalidOperationException">The context was finished before.</exception>
    public void SegmentFinished(FinishedSegment segment)
    {
        lock (_gate)
        {
            ThrowIfFinished();
            var isWhole = !_isPartLost || _partsOf != segment.FlushId;
            ArchiveWork work = new ArchiveWork.StoreSegment(segment);
            if (isWhole ? !_writer.TryTake(this, work) : _writer.Refuse(this, work))
            {
                work = new ArchiveWork.NoteSegment(ManifestEntries.WithoutAudio(segment) with { Lost = LostReason.BacklogFull });
                if (!_writer.TryTake(this, work))
                {
                    return;
                }
            }

            (_partsOf, _isPartLost) = (null, false);
            Enqueue(work);
        }
    }

    /// <summary>Hands over that there was a segment which is not to be kept: neither its audio nor its text.</summary>
    /// <exception cref="InvalidOperationException">The context was finished before.</exception>
    public void SegmentNotKept(int flushId, SegmentEnding ending, DateTimeOffset startedAt, DateTimeOffset finishedAt)
    {
        lock (_gate)
        {
            ThrowIfFinished();
            (_partsOf, _isPartLost) = (null, false);
            var entry = new ManifestSegment(
                flushId, File: null, ending, Text: "", Bytes: 0, DurationMs: 0, Sha256: null, AudioSha256: null, startedAt, finishedAt, Words: [])
            { Archive = "off" };
            var work = new ArchiveWork.NoteSegment(entry);
            if (_writer.TryTake(this, work))
            {
                Enqueue(work);
            }
        }
    }

    /// <summary>Hands over how the context ended: its manifest is written after its segments.</summary>
    /// <exception cref="InvalidOperationException">The context was finished before.</exception>
    public void ContextFinished(ContextSummary summary)
    {
        lock (_gate)
        {
            ThrowIfFinished();
            _finished = true;
            var work = new ArchiveWork.StoreManifest(summary);
            if (_writer.TryTake(this, work))
            {
                Enqueue(work);
            }
        }
    }

    /// <summary>Hands over the usage of a context that was finished, with what became known of it since.</summary>
    public void UsageCorrected(ContextSummary summary)
    {
        lock (_gate)
        {
            var work = new ArchiveWork.CorrectUsage(summary);
            if (_finished && _writer.TryTake(this, work))
            {
                Enqueue(work);
            }
        }
    }

    private void Enqueue(ArchiveWork work)
    {
        if (Arrived.Add(work))
        {
            _writer.ScheduleStaging(this);
        }
    }

    private void ThrowIfFinished()
    {
        if (_finished)
        {
            throw new InvalidOperationException("The context was finished before.");
        }
    }
}
