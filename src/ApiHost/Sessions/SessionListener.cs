using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>
/// One who listens in: where he stands in each context, and a bounded room for what the stream brings before he takes it. What does not fit is
/// dropped, and read from the log later; so whoever reads slowly costs a bounded amount of memory and holds up nobody. What the stream brings
/// twice, or out of place, is told by the offsets.
/// </summary>
/// <param name="roomBytes">The most bytes that may wait.</param>
/// <param name="isSequential">Whether contexts are given one after the other, in their order, rather than as they speak.</param>
/// <param name="instruments">Counts overflows.</param>
[SuppressMessage("Design", "CA1001", Justification = "The semaphore has no handle to free, and the stream may still offer to it.")]
internal sealed class SessionListener(long roomBytes, bool isSequential, ListenerInstruments instruments)
{
    private const int MostFrames = 64;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, ListenerTrack> _tracks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<ListenerTrack>> _lives = new(StringComparer.Ordinal);
    private readonly List<ListenerTrack> _order = [];
    private readonly SemaphoreSlim _news = new(0, 1);
    private long _waiting;
    private bool _isLive = true;
    private bool _isErased;
    private bool _isStarted;
    private bool _isBookmarkDue = true;
    private bool _mayHaveEnded;
    private int _settled;
    private int _turn;

    /// <summary>Bytes of frames that wait to be taken.</summary>
    public long WaitingBytes
    {
        get
        {
            lock (_gate)
            {
                return _waiting;
            }
        }
    }

    /// <summary>True if the session is over and everything was given.</summary>
    public bool IsOver
    {
        get
        {
            lock (_gate)
            {
                return HasGivenAll;
            }
        }
    }

    /// <summary>True if the session was erased: nothing more may be given.</summary>
    public bool IsErased => Volatile.Read(ref _isErased);

    private bool HasGivenAll => _isErased || (_isStarted && !_isLive && _order.TrueForAll(track => track.IsFinished));

    /// <summary>Takes what the stream brought. Never waits.</summary>
    public void Offer(SharedBatch shared)
    {
        var batch = shared.Batch;
        lock (_gate)
        {
            var track = Track(batch.ContextKey);
            if (track.Ordinal == 0 && batch.Ordinal > 0)
            {
                track.Ordinal = batch.Ordinal;
                Sort();
            }

            // More than it brings is on its way.
            track.Learn(batch.To, batch.IsComplete && batch.To == batch.Count);
            _mayHaveEnded |= track.IsFinished;
            if (batch.Frames.Length > 0 && IsWanted(track, batch))
            {
                Keep(track, shared);
            }
        }

        Wake();
    }

    /// <summary>The session was erased: drops what waits, and ends.</summary>
    public void Erase()
    {
        lock (_gate)
        {
            Volatile.Write(ref _isErased, true);
            _order.ForEach(track => track.Waiting.Clear());
            _waiting = 0;
        }

        Wake();
    }

    /// <summary>Takes note of how the session stands.</summary>
    public void Offer(SessionView view)
    {
        lock (_gate)
        {
            _isLive = view.IsLive;
            foreach (var context in view.Contexts)
            {
                Track(context.ContextKey).Learn(context);
                _settled = Math.Max(_settled, context.Ordinal);
            }

            _mayHaveEnded = true;

            Sort();
        }

        Wake();
    }

    /// <summary>Takes note of how long a context's log is.</summary>
    public void OfferLength(FrameBatch batch)
    {
        lock (_gate)
        {
            var track = Track(batch.ContextKey);
            track.Learn(batch.Count, batch.IsComplete);
            _mayHaveEnded |= track.IsFinished;
        }

        Wake();
    }

    /// <summary>Decides where to begin. Contexts that are not named here are new, and given from their start.</summary>
    public void Start(IReadOnlyDictionary<string, int> positions)
    {
        lock (_gate)
        {
            _isStarted = true;
            foreach (var track in _order)
            {
                track.Next = positions.GetValueOrDefault(track.ContextKey);

                // Not to be heard at all, so nobody need find out how long it was.
                if (track.Next == int.MaxValue)
                {
                    (track.IsComplete, track.IsOrphan) = (true, false);
                }
            }
        }

        Wake();
    }

    /// <summary>Waits for the next thing to do, or for word that a context may have ended behind what was given of it.</summary>
    /// <returns>Null when the session is over and everything has been given.</returns>
    public async ValueTask<ListenerStep?> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            lock (_gate)
            {
                if (_isErased)
                {
                    return null;
                }

                if (TakeStep() is { } step)
                {
                    return step;
                }

                if (HasGivenAll)
                {
                    return null;
                }

                if (_mayHaveEnded && _isStarted)
                {
                    _mayHaveEnded = false;
                    return ListenerStep.Nothing;
                }
            }

            await _news.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Takes note of frames that were read for a step.</summary>
    public void OnRead(ListenerTrack track, FrameBatch batch)
    {
        lock (_gate)
        {
            Advance(track, batch.To);
            track.Learn(batch.Count, batch.IsComplete);
            track.IsOrphan = false;
        }
    }

    /// <summary>Takes note that frames cannot be had.</summary>
    /// <param name="track">The context.</param>
    /// <param name="from">The first of them.</param>
    /// <param name="to">Behind the last of them; null when nobody told.</param>
    /// <returns>Behind the last of them, as far as it is known here.</returns>
    public int? OnMissing(ListenerTrack track, int from, int? to)
    {
        lock (_gate)
        {
            if (track.IsOrphan && to is null)
            {
                // Nobody will ever know how many there were.
                track.Learn(from, isComplete: true);
                Advance(track, track.Known);
                return null;
            }

            // The live ones behind the hole may be here already.
            var end = to ?? (track.Waiting.TryPeek(out var waiting) ? waiting.Batch.From : track.Known);
            Advance(track, end);
            return end;
        }
    }

    /// <summary>Where the listener stands, when it has just come or is done with a context; else null, as when it cannot be told.</summary>
    /// <param name="track">What it has just been given something of; null when any may have ended.</param>
    public Bookmark? TakeBookmark(ListenerTrack? track)
    {
        lock (_gate)
        {
            _isBookmarkDue |= track is null ? _order.Exists(each => each is { IsFinished: true, IsEndTold: false }) : track.IsFinished;
            if (!_isBookmarkDue || !_isStarted || _order.Exists(each => each.Ordinal == 0))
            {
                return null;
            }

            // Of those that the session has not told about, there may be one between others that has not been heard of here.
            var last = Math.Max(_settled, _order.Select(each => each.Ordinal).DefaultIfEmpty().Max());
            if (_order.Count(each => each.Ordinal > _settled) < last - _settled)
            {
                return null;
            }

            _isBookmarkDue = false;
            _order.ForEach(each => each.IsEndTold = each.IsFinished);
            return new Bookmark(last, _order.Where(each => !each.IsFinished).ToImmutableSortedDictionary(each => each.Ordinal, each => each.Next ?? 0));
        }
    }

    private static void Advance(ListenerTrack track, int next) => track.Next = Math.Max(track.Next ?? 0, next);

    private ListenerStep? TakeStep()
    {
        if (isSequential)
        {
            return _order.Find(track => !track.IsFinished) is { } first ? TakeStep(first) : null;
        }

        // In turns, so that none that says much keeps the others waiting.
        for (var i = 0; i < _order.Count; i++)
        {
            _turn = (_turn + 1) % _order.Count;
            if (TakeStep(_order[_turn]) is { } step)
            {
                return step;
            }
        }

        return null;
    }

    private ListenerStep? TakeStep(ListenerTrack track)
    {
        if (track.Next is not { } next || IsBehindAnotherLife(track))
        {
            return null;
        }

        while (track.Waiting.TryPeek(out var waiting))
        {
            if (waiting.Batch.From > next)
            {
                return new ListenerStep(track, next, Math.Min(MostFrames, waiting.Batch.From - next), null);
            }

            track.Waiting.Dequeue();
            _waiting -= waiting.Bytes;
            if (waiting.Batch.To > next)
            {
                track.Next = waiting.Batch.To;
                return new ListenerStep(track, next, 0, waiting);
            }
        }

        return next < track.Known || track.IsOrphan ? new ListenerStep(track, next, MostFrames, null) : null;
    }

    // To the listener they have one name: the offsets of one must not come among those of the other.
    private bool IsBehindAnotherLife(ListenerTrack track)
    {
        var lives = _lives[track.ContextId];
        return lives.Count > 1 && lives.Exists(other => OrderOf(other) < OrderOf(track) && !other.IsFinished);
    }

    private bool IsWanted(ListenerTrack track, FrameBatch batch)
        => _isStarted && !_isErased && batch.To > track.Next && (!isSequential || _order.Find(other => !other.IsFinished) == track);

    private void Keep(ListenerTrack track, SharedBatch shared)
    {
        track.Waiting.Enqueue(shared);
        _waiting += shared.Bytes;
        if (_waiting <= roomBytes)
        {
            return;
        }

        instruments.Overflowed();
        _waiting = 0;
        foreach (var each in _order)
        {
            each.Waiting.Clear();
        }
    }

    private ListenerTrack Track(string contextKey)
    {
        if (!_tracks.TryGetValue(contextKey, out var track))
        {
            track = new ListenerTrack(contextKey) { Next = _isStarted ? 0 : null };
            _tracks.Add(contextKey, track);
            _order.Add(track);
            if (!_lives.TryGetValue(track.ContextId, out var lives))
            {
                _lives.Add(track.ContextId, lives = []);
            }

            lives.Add(track);
        }

        return track;
    }

    private void Sort() => _order.Sort((a, b) => OrderOf(a).CompareTo(OrderOf(b)));

    // Of one that the session has not told about yet, all that is known is that it is new.
    private static int OrderOf(ListenerTrack track) => track.Ordinal == 0 ? int.MaxValue : track.Ordinal;

    private void Wake()
    {
        lock (_news)
        {
            if (_news.CurrentCount == 0)
            {
                _news.Release();
            }
        }
    }
}

/// <summary>What a listener is to do next.</summary>
/// <param name="Track">The context that it is about.</param>
/// <param name="From">The offset of the first frame.</param>
/// <param name="ToRead">How many frames to read from the log at most; 0 when they are here.</param>
/// <param name="Batch">The frames, some of which may lie before <paramref name="From"/>; null when they must be read.</param>
internal readonly record struct ListenerStep(ListenerTrack Track, int From, int ToRead, SharedBatch? Batch)
{
    /// <summary>Nothing is to be given.</summary>
    public static ListenerStep Nothing => default;

    /// <summary>Whether this is <see cref="Nothing"/>.</summary>
    public bool IsNothing => Track is null;
}
