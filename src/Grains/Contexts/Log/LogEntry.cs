using TtsGrains.Protocol.Frames;

namespace TtsGrains.Grains.Contexts.Log;

/// <summary>One numbered frame of a context, ready to be written to a socket.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="FlushId">The segment that it belongs to, from 1.</param>
/// <param name="Frame">The whole frame as UTF-8 JSON. Never written again.</param>
/// <param name="PayloadStart">Where a chunk's base64 text, or a timestamps object, begins in <paramref name="Frame"/>.</param>
/// <param name="PayloadLength">How long it is.</param>
/// <param name="IsForOwner">Whether the client asked for such frames; the archive keeps them all.</param>
public readonly record struct LogEntry(
    FrameKind Kind,
    int FlushId,
    ReadOnlyMemory<byte> Frame,
    int PayloadStart,
    int PayloadLength,
    bool IsForOwner)
{
    /// <summary>A chunk's base64 text between its quotes, or a timestamps object.</summary>
    public ReadOnlyMemory<byte> Payload => Frame.Slice(PayloadStart, PayloadLength);
}
