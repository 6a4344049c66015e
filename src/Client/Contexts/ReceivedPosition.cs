using TtsGrains.Client.Events;

namespace TtsGrains.Client.Contexts;

/// <summary>How much of a context's events was received. Not thread-safe.</summary>
internal sealed class ReceivedPosition
{
    /// <summary>The offset of the next event.</summary>
    public long Next { get; private set; }

    /// <summary>True if any event was received.</summary>
    public bool HasAny { get; private set; }

    /// <summary>True if another socket can continue without a gap or a repeat: all events had offsets.</summary>
    public bool CanResume { get; private set; } = true;

    /// <summary>True if an event was received before.</summary>
    public bool IsRepeat(TtsEvent item) => item.Offset < Next;

    /// <summary>Moves behind an event.</summary>
    public void Advance(TtsEvent item)
    {
        HasAny = true;
        CanResume &= item.Offset is not null;
        Next = item.Offset + 1 ?? 0;
    }
}
