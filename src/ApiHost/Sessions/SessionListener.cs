using System.Diagnostics.CodeAnalysis;
using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>
/// One listener of a session: its cursor in each context, and a bounded buffer for what the stream brings before the listener takes it. A slow listener
/// delays no other one. Offsets reveal what the stream brings twice, or out of order. Thread-safe.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The semaphore has no handle to free, and the stream may still offer to it.")]
internal sealed class SessionListener
{
    private readonly Lock _gate = new();
    private readonly ListenerTracks _tracks;
    private readonly ListenerBuffer _buffer;
    private readonly BookmarkSchedule _bookmarks;
    private readonly SemaphoreSlim _news = new(0, 1);
    private bool _isLive = true;
    private bool _isErased;
    private bool _isStarted;
    private bool _mayHaveEnded;

    /// <param name="maxBytes">The most bytes that may wait.</param>
    /// <param name="isSequential">True if contexts are given one after the other, in their order, rather than as they speak.</param>
    /// <param name="instruments">Counts overflows.</param>
    public SessionListener(long maxBytes, bool isSequential, ListenerInstruments instruments)
    {
        _tracks = new ListenerTracks(isSequential);
        _buffer = new ListenerBuffer(maxBytes, _tracks, instruments);
        _bookmarks = new BookmarkSchedule(_tracks);
    }

    /// <summary>Bytes of frames that wait to be taken.</summary>
    public long WaitingBytes
    {
        get
        {
            lock (_gate)
            {
                return _buffer.Bytes;
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

    private bool HasGivenAll => _isErased || (_isStarted && !_isLive && _tracks.AreFinished);

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
                _tracks.Sort();
            }

            // More than it brings is on its way.
            track.Learn(batch.To, batch.IsComplete && batch.To == batch.Count);
            _mayHaveEnded |= track.IsFinished;
            if (batch.Frames.Length > 0 && IsWanted(track, batch))
            {
                _buffer.Add(track, shared);
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
            _buffer.Clear();
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
                _bookmarks.OnSettled(context.Ordinal);
            }

            _mayHaveEnded = true;
            _tracks.Sort();
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
            foreach (var track in _tracks.InOrder)
            {
                track.Next = positions.GetValueOrDefault(track.ContextKey);

                // It has no audio for listeners, so its length does not matter.
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

                if (_tracks.TakeStep(_buffer) is { } step)
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

    /// <summary>Determines whether all of a context was given.</summary>
    public bool IsFinished(ListenerTrack track)
    {
        lock (_gate)
        {
            return track.IsFinished;
        }
    }

    /// <summary>Determines whether a context that is not found may be found again: as far as is known, it has not ended.</summary>
    public bool MayBeRestored(ListenerTrack track)
    {
        lock (_gate)
        {
            return !_isErased && track is { IsComplete: false, IsOrphan: false };
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
    /// <param name="to">Behind the last of them; null if unknown.</param>
    /// <returns>Behind the last of them, as far as it is known here.</returns>
    public int? OnMissing(ListenerTrack track, int from, int? to)
    {
        lock (_gate)
        {
            if (track.IsOrphan && to is null)
            {
                // Their number cannot be known any more.
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

    /// <summary>Takes a bookmark; null if none is due, or its contents are not known.</summary>
    /// <param name="track">The context of which something was given; null if any may have ended.</param>
    public Bookmark? TakeBookmark(ListenerTrack? track)
    {
        lock (_gate)
        {
            return _isStarted ? _bookmarks.Take(track) : null;
        }
    }

    private static void Advance(ListenerTrack track, int next) => track.Next = Math.Max(track.Next ?? 0, next);

    private bool IsWanted(ListenerTrack track, FrameBatch batch) => _isStarted && !_isErased && batch.To > track.Next && _tracks.IsTurnOf(track);

    private ListenerTrack Track(string contextKey) => _tracks.Get(contextKey, _isStarted ? 0 : null);

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
