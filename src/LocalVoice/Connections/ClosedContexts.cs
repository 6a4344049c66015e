namespace TtsGrains.LocalVoice.Connections;

/// <summary>How a context that is gone went.</summary>
internal enum ClosedHow : byte
{
    None = 0,
    Finished = 1,
    Cancelled = 2,
}

/// <summary>Remembers the last contexts of a socket that are gone, so that late input for them can be told from a new context.</summary>
/// <param name="limit">How many; the oldest are forgotten.</param>
/// <param name="time">For how long a cancelled one is remembered.</param>
internal sealed class ClosedContexts(int limit, TimeProvider time)
{
    /// <summary>Input that crosses a cancel on its way comes within this time; later the id means a new context.</summary>
    private static readonly TimeSpan CancelRemembered = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, (ClosedHow How, long At)> _known = [];
    private readonly Queue<string> _order = new();

    public void Add(string contextId, ClosedHow how)
    {
        var closed = (how, time.GetTimestamp());
        if (!_known.TryAdd(contextId, closed))
        {
            _known[contextId] = closed;
            return;
        }

        _order.Enqueue(contextId);
        if (_order.Count > limit)
        {
            _known.Remove(_order.Dequeue());
        }
    }

    /// <summary><see cref="ClosedHow.None"/> when it is not known.</summary>
    public ClosedHow Find(string contextId)
        => !_known.TryGetValue(contextId, out var closed) ? ClosedHow.None
            : closed.How == ClosedHow.Cancelled && time.GetElapsedTime(closed.At) >= CancelRemembered ? ClosedHow.None
            : closed.How;
}
