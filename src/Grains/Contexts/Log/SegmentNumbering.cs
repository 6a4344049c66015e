namespace TtsGrains.Grains.Contexts.Log;

/// <summary>A finished segment of a log.</summary>
/// <param name="FlushId">Its number, from 1.</param>
/// <param name="From">The offset of its first frame.</param>
/// <param name="To">The offset behind its last frame.</param>
/// <param name="IsFlushed">Whether a flush ended it, rather than the context's end.</param>
internal readonly record struct LoggedSegment(int FlushId, int From, int To, bool IsFlushed);

/// <summary>
/// Counts the segments of a context and the flushes that are still to be reported. The count is our own: upstreams also report
/// unrequested flushes, and begin again when a context is reopened there.
/// </summary>
internal sealed class SegmentNumbering
{
    private readonly Queue<bool> _expected = new();
    private readonly List<LoggedSegment> _finished = [];
    private int _from;

    /// <summary>The segment that frames belong to now, from 1.</summary>
    public int Current { get; private set; } = 1;

    /// <summary>Whether a flush is still to be reported.</summary>
    public bool IsFlushDue => _expected.Count > 0;

    /// <summary>Notes a flush.</summary>
    /// <param name="isSpoken">Whether the upstream will report it.</param>
    /// <returns>How many segments end now.</returns>
    public int Expect(bool isSpoken)
    {
        if (!isSpoken && _expected.Count == 0)
        {
            return 1;
        }

        _expected.Enqueue(isSpoken);
        return 0;
    }

    /// <summary>Notes that the upstream reported a flush.</summary>
    /// <returns>How many segments end now: none if the flush was not requested, else that one and the unspoken ones behind it.</returns>
    public int Complete()
    {
        if (!_expected.TryDequeue(out _))
        {
            return 0;
        }

        var ended = 1;
        while (_expected.TryPeek(out var isSpoken) && !isSpoken)
        {
            _expected.Dequeue();
            ended++;
        }

        return ended;
    }

    /// <summary>Notes that no more flushes will be reported.</summary>
    /// <returns>How many segments end now.</returns>
    public int CompleteAll()
    {
        var ended = _expected.Count;
        _expected.Clear();
        return ended;
    }

    /// <summary>Forgets the flushes that are still to be reported: repeated text flushes again.</summary>
    public void Forget() => _expected.Clear();

    /// <summary>Ends the current segment and begins the next.</summary>
    /// <param name="to">The offset behind the segment's last frame.</param>
    public void Advance(int to)
    {
        _finished.Add(new LoggedSegment(Current, _from, to, IsFlushed: true));
        _from = to;
        Current++;
    }

    /// <summary>Ends the last segment with the context.</summary>
    public void CloseLast(int to)
    {
        _finished.Add(new LoggedSegment(Current, _from, to, IsFlushed: false));
        _from = to;
    }

    /// <summary>The current segment as far as it has come.</summary>
    public LoggedSegment Growing(int to) => new(Current, _from, to, IsFlushed: false);

    /// <summary>Whether segments have ended that were not taken yet.</summary>
    public bool HasFinished => _finished.Count > 0;

    public IReadOnlyList<LoggedSegment> TakeFinished()
    {
        LoggedSegment[] taken = [.. _finished];
        _finished.Clear();
        return taken;
    }
}
