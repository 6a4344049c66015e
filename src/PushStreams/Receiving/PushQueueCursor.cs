using Orleans.Streams;
using TtsGrains.PushStreams.Messages;

namespace TtsGrains.PushStreams.Receiving;

/// <summary>
/// Where one consumer is in its stream. An agent moves it on when what it gave last was delivered, or given up.
/// </summary>
internal sealed class PushQueueCursor : IQueueCacheCursor
{
    private readonly StreamBuffer _line;
    private readonly int _mostInDelivery;
    private readonly Action _onMoved;
    private PushBatch? _current;
    private long _next;

    /// <summary>Creates a cursor.</summary>
    /// <param name="line">The stream's messages.</param>
    /// <param name="position">The first one that is wanted.</param>
    /// <param name="mostInDelivery">How many messages make up one delivery.</param>
    /// <param name="onMoved">Called when something was delivered.</param>
    public PushQueueCursor(StreamBuffer line, long position, int mostInDelivery, Action onMoved)
    {
        _line = line;
        _mostInDelivery = mostInDelivery;
        _onMoved = onMoved;
        _next = position;
        Delivered = position;
        line.Add(this);
    }

    /// <summary>The position up to which all is delivered.</summary>
    public long Delivered { get; private set; }

    /// <summary>The position of the first message that has not been given yet.</summary>
    public long Next => _next;

    public bool MoveNext()
    {
        var isMoved = Delivered != _next;
        Delivered = _next;
        _current = _line.Gather(ref _next, _mostInDelivery);
        if (isMoved)
        {
            _onMoved();
        }

        return _current is not null;
    }

    public IBatchContainer? GetCurrent(out Exception? exception)
    {
        exception = null;
        return _current;
    }

    // New messages stand behind those that it has still to give.
    public void Refresh(StreamSequenceToken token)
    {
    }

    // The agent has reported it to the consumer, and continues.
    public void RecordDeliveryFailure()
    {
    }

    /// <summary>What is before this position will not be given any more.</summary>
    public void SkipTo(long position)
    {
        if (_next < position)
        {
            _next = position;
        }
    }

    public void Dispose()
    {
        _line.Remove(this);
        _onMoved();
    }
}
