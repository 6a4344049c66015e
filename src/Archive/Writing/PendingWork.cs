using TtsGrains.Archive.Recordings;

namespace TtsGrains.Archive.Writing;

/// <summary>Everything that waits for the store, over all contexts: a bound on its memory, its age, and the moment when there is nothing left.</summary>
internal sealed class PendingWork(long maxBytes, LostWork lost, TimeProvider time)
{
    private readonly Lock _gate = new();

    // In order of arrival, so the first is the oldest.
    private readonly LinkedList<(ArchiveWork Work, long Since)> _waiting = [];
    private readonly Dictionary<ArchiveWork, LinkedListNode<(ArchiveWork Work, long Since)>> _places = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<ArchiveWork> _staged = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<ArchiveWork> _onDisk = new(ReferenceEqualityComparer.Instance);
    private TaskCompletionSource _idle = CompletedSource();
    private TaskCompletionSource _allStaged = CompletedSource();
    private long _bytes;
    private int _segments;
    private int _manifests;
    private bool _closed;

    /// <summary>Takes in a context's work, or records it as lost when it does not fit or nothing is taken any more.</summary>
    public bool TryAdd(ContextIdentity context, ArchiveWork work)
    {
        var isTaken = TryAdd(work);
        if (!isTaken)
        {
            Refuse(context, work);
        }

        return isTaken;
    }

    /// <summary>Records a context's work as lost.</summary>
    public void Refuse(ContextIdentity context, ArchiveWork work) => lost.Record(context, work);

    /// <summary>The work is done.</summary>
    public void Remove(ArchiveWork work)
    {
        lock (_gate)
        {
            if (!_places.Remove(work, out var place))
            {
                return;
            }

            _waiting.Remove(place);
            _staged.Remove(work);
            _bytes -= _onDisk.Remove(work) ? 0 : work.Bytes;
            _segments -= IsSegment(work) ? 1 : 0;
            _manifests -= work is ArchiveWork.StoreManifest ? 1 : 0;
            Announce();
        }
    }

    /// <summary>The work has been through the spool's hands.</summary>
    /// <param name="work">The work.</param>
    /// <param name="isOnDisk">Whether it lies there now and holds no memory any more.</param>
    public void Staged(ArchiveWork work, bool isOnDisk)
    {
        lock (_gate)
        {
            if (!_places.ContainsKey(work))
            {
                return;
            }

            _staged.Add(work);
            if (isOnDisk && _onDisk.Add(work))
            {
                _bytes -= work.Bytes;
            }

            Announce();
        }
    }

    /// <summary>How many works are in memory only.</summary>
    public int CountInMemory()
    {
        lock (_gate)
        {
            return _waiting.Count - _onDisk.Count;
        }
    }

    /// <summary>From now on everything is refused.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
        }
    }

    public ArchiveBacklog Snapshot()
    {
        lock (_gate)
        {
            var oldest = _waiting.First is { } first ? time.GetElapsedTime(first.Value.Since) : TimeSpan.Zero;
            return new ArchiveBacklog(_segments, _manifests, _bytes, oldest, lost.Segments, lost.Manifests);
        }
    }

    public Task WhenIdleAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return _idle.Task.WaitAsync(cancellationToken);
        }
    }

    public Task WhenAllStagedAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return _allStaged.Task.WaitAsync(cancellationToken);
        }
    }

    private bool TryAdd(ArchiveWork work)
    {
        lock (_gate)
        {
            var isAlways = work is ArchiveWork.NoteSegment or ArchiveWork.StoreLeftBehind;
            var fits = isAlways || (work.Bytes <= maxBytes - _bytes && WavContent.Fits(work.Bytes));
            if (_closed || !fits)
            {
                return false;
            }

            if (_waiting.Count == 0)
            {
                _idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            if (_staged.Count == _waiting.Count)
            {
                _allStaged = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            _places.Add(work, _waiting.AddLast((work, time.GetTimestamp())));
            _bytes += work.Bytes;
            _segments += IsSegment(work) ? 1 : 0;
            _manifests += work is ArchiveWork.StoreManifest ? 1 : 0;
            return true;
        }
    }

    private void Announce()
    {
        if (_waiting.Count == 0)
        {
            _idle.TrySetResult();
        }

        if (_staged.Count == _waiting.Count)
        {
            _allStaged.TrySetResult();
        }
    }

    private static bool IsSegment(ArchiveWork work) => work is ArchiveWork.StoreSegment or ArchiveWork.StoreLeftBehind;

    private static TaskCompletionSource CompletedSource()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }
}
