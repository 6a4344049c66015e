using TtsGrains.Protocol.Frames;

namespace TtsGrains.LocalVoice.Contexts;

/// <summary>The frames of a context that wait to be sent. Audio leaves at a pace, other frames immediately. Not thread-safe.</summary>
internal sealed class FrameQueue(Pace pace)
{
    /// <summary>The most audio that is made ahead of its delivery, in seconds of delivery.</summary>
    private const double Lookahead = 2;

    private readonly Queue<OutFrame> _frames = new();
    private double _seconds;

    public bool IsEmpty => _frames.Count == 0;

    /// <summary>True if more audio should be made.</summary>
    public bool HasRoom => _seconds < Lookahead * pace.Factor;

    /// <summary>When the next frame is due: a timestamp, 0 for immediately. Null if the queue is empty.</summary>
    public long? Due => !_frames.TryPeek(out var frame) ? null : frame.Kind == FrameKind.Chunk ? pace.Due : 0;

    public void Add(OutFrame frame)
    {
        _frames.Enqueue(frame);
        _seconds += frame.Seconds;
    }

    /// <summary>Gets the kind of the next frame; null if none is due.</summary>
    public FrameKind? PeekDue(long now) => Due <= now ? _frames.Peek().Kind : null;

    /// <summary>Takes the next frame if it is due.</summary>
    public bool TryTake(long now, out OutFrame frame)
    {
        frame = default;
        if (PeekDue(now) is null)
        {
            return false;
        }

        frame = _frames.Dequeue();
        if (frame.Kind == FrameKind.Chunk)
        {
            pace.Sent(now, frame.Seconds);
            _seconds -= frame.Seconds;
        }

        return true;
    }

    /// <summary>When the audio in the queue will have left.</summary>
    public long RunsOutAt(long now) => pace.RunsOutAt(now, _seconds);

    /// <summary>Drops all frames.</summary>
    public void Clear()
    {
        while (_frames.TryDequeue(out var frame))
        {
            frame.Release();
        }
    }
}
