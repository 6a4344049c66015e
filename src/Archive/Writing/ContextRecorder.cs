using TtsGrains.Archive.Manifests;

namespace TtsGrains.Archive.Writing;

/// <summary>
/// Takes what one context has finished and returns at once; <see cref="ArchiveWriter"/> keeps it on disk and stores it in this order.
/// Until <see cref="ContextFinished"/> there is no manifest, so it must be called for every context that ends.
/// </summary>
public sealed class ContextRecorder
{
    private readonly Lock _gate = new();
    private readonly ContextPipeline _context;
    private readonly PendingWork _pending;
    private readonly SpoolStage _spooling;
    private int? _partsOf;
    private bool _isPartLost;
    private bool _finished;

    internal ContextRecorder(ContextPipeline context, PendingWork pending, SpoolStage spooling)
        => (_context, _pending, _spooling) = (context, pending, spooling);

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
            _isPartLost = _isPartLost || !TryEnqueue(work);
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
            var work = new ArchiveWork.StoreSegment(segment);
            if (!isWhole)
            {
                _pending.Refuse(_context.Identity, work);
            }

            if ((isWhole && TryEnqueue(work))
                || TryEnqueue(new ArchiveWork.NoteSegment(ManifestEntries.WithoutAudio(segment) with { Lost = LostReason.BacklogFull })))
            {
                (_partsOf, _isPartLost) = (null, false);
            }
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
            TryEnqueue(new ArchiveWork.NoteSegment(entry));
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
            TryEnqueue(new ArchiveWork.StoreManifest(summary));
        }
    }

    /// <summary>Hands over the usage of a context that was finished, with what became known of it since.</summary>
    public void UsageCorrected(ContextSummary summary)
    {
        lock (_gate)
        {
            if (_finished)
            {
                TryEnqueue(new ArchiveWork.CorrectUsage(summary));
            }
        }
    }

    private bool TryEnqueue(ArchiveWork work)
    {
        if (!_pending.TryAdd(_context.Identity, work))
        {
            return false;
        }

        _spooling.Add(_context, work);
        return true;
    }

    private void ThrowIfFinished()
    {
        if (_finished)
        {
            throw new InvalidOperationException("The context was finished before.");
        }
    }
}
