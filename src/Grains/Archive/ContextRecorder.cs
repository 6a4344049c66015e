namespace TtsGrains.Grains.Archive;

/// <summary>
/// Takes what one context has finished and returns at once; <see cref="ArchiveWriter"/> stores it in this order.
/// Until <see cref="ContextFinished"/> there is no manifest, so it must be called for every context that ends.
/// </summary>
public sealed class ContextRecorder
{
    private readonly Lock _gate = new();
    private readonly Queue<ArchiveWork> _queue = [];
    private readonly ArchiveWriter _writer;
    private bool _finished;

    internal ContextRecorder(ContextIdentity identity, ContextFiles files, ArchiveWriter writer)
    {
        Identity = identity;
        Files = files;
        _writer = writer;
    }

    public ContextIdentity Identity { get; }

    internal ContextFiles Files { get; }

    /// <summary>Failed tries of the work at the head. Only the one who writes for this context touches it.</summary>
    internal int Failures { get; set; }

    /// <summary>Hands over a segment. Beyond the writer's memory bound it is lost, counted and logged; the caller is never held up.</summary>
    /// <exception cref="InvalidOperationException">The context was finished before.</exception>
    public void SegmentFinished(FinishedSegment segment)
    {
        lock (_gate)
        {
            ThrowIfFinished();
            ArchiveWork work = new ArchiveWork.StoreSegment(segment);
            if (!_writer.TryTake(this, work))
            {
                work = new ArchiveWork.NoteLostSegment(segment, LostReason.BacklogFull);
                if (!_writer.TryTake(this, work))
                {
                    return;
                }
            }

            Enqueue(work);
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

    /// <summary>The work whose turn it is.</summary>
    internal ArchiveWork Head()
    {
        lock (_gate)
        {
            return _queue.Peek();
        }
    }

    /// <summary>Drops the head. Returns whether more waits; if so the caller must schedule the recorder again.</summary>
    internal bool Advance()
    {
        lock (_gate)
        {
            _queue.Dequeue();
            Failures = 0;
            return _queue.Count > 0;
        }
    }

    // A recorder whose queue is not empty is scheduled or being written; so the first entry alone schedules it.
    private void Enqueue(ArchiveWork work)
    {
        _queue.Enqueue(work);
        if (_queue.Count == 1)
        {
            _writer.Schedule(this);
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
