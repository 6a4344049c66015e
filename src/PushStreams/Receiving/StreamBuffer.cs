using TtsGrains.PushStreams.Messages;

namespace TtsGrains.PushStreams.Receiving;

/// <summary>
/// The messages of one stream in an agent's cache, with the cursors of those who read them. Positions count on from the first message ever.
/// </summary>
internal sealed class StreamBuffer
{
    private readonly List<PushQueueCursor> _cursors = [];
    private readonly List<CachedMessage> _messages = [];

    // The messages before this index are gone; the list is shortened only now and then.
    private int _gone;
    private long _start;
    private long _delivered;

    /// <summary>The position behind the last message.</summary>
    public long End => _start + _messages.Count - _gone;

    /// <summary>True if it has neither readers nor messages.</summary>
    public bool IsIdle => _cursors.Count == 0 && _start == End;

    private CachedMessage this[long position] => _messages[(int)(position - _start) + _gone];

    public void Add(CachedMessage message) => _messages.Add(message);

    public void Add(PushQueueCursor cursor) => _cursors.Add(cursor);

    public void Remove(PushQueueCursor cursor) => _cursors.Remove(cursor);

    /// <summary>The position of the first message with this number or a greater one; the end when there is none.</summary>
    public long PositionOf(long number)
    {
        var position = End;
        while (position > _start && this[position - 1].Number >= number)
        {
            position--;
        }

        return position;
    }

    /// <summary>
    /// The next messages for one delivery; null when there are none. A message with a request context is delivered alone: the context holds for the whole delivery.
    /// </summary>
    /// <param name="position">Where to begin; moves behind them.</param>
    /// <param name="most">How many at most.</param>
    public PushBatch? Gather(ref long position, int most)
    {
        position = Math.Max(position, _start);
        var end = position;
        while (end < End && end - position < most && (end == position || (HasNoContext(end) && HasNoContext(position))))
        {
            end++;
        }

        if (end == position)
        {
            return null;
        }

        var messages = new NumberedMessage[end - position];
        for (var i = 0; i < messages.Length; i++)
        {
            messages[i] = this[position + i].Numbered;
        }

        position = end;
        return new PushBatch(messages);
    }

    /// <summary>The message is not delivered to further consumers.</summary>
    /// <returns>Whether somebody lost it by that; whom it is being delivered to has not.</returns>
    public bool Skip(CachedMessage message)
    {
        var behind = PositionOf(message.Number) + 1;
        var isLost = _cursors.Exists(cursor => cursor.Next < behind);
        message.IsDelivered = true;
        _cursors.ForEach(cursor => cursor.SkipTo(behind));
        Settle();
        return isLost;
    }

    /// <summary>Marks what is delivered, and releases what all readers have passed.</summary>
    public void Settle()
    {
        var delivered = End;
        var read = End;
        foreach (var cursor in _cursors)
        {
            delivered = Math.Min(delivered, cursor.Delivered);
            read = Math.Min(read, cursor.Next);
        }

        for (_delivered = Math.Max(_delivered, _start); _delivered < delivered; _delivered++)
        {
            // Somebody may be about to read it.
            if (_cursors.Count == 0 && this[_delivered].IsRecent)
            {
                break;
            }

            this[_delivered].IsDelivered = true;
        }

        while (_start < read && this[_start] is { IsRecent: false, IsDelivered: true })
        {
            _start++;
            _gone++;
        }

        if (_gone > _messages.Count / 2)
        {
            _messages.RemoveRange(0, _gone);
            _gone = 0;
        }
    }

    private bool HasNoContext(long position) => this[position].Numbered.Message.RequestContext is null;
}
