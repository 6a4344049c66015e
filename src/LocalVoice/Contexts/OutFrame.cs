using System.Buffers;
using TtsGrains.Protocol.Errors;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.LocalVoice.Contexts;

/// <summary>A message that waits to be sent. Only what its kind needs is set.</summary>
internal readonly record struct OutFrame
{
    public FrameKind Kind { get; private init; }

    public int FlushId { get; private init; }

    /// <summary>Encoded samples, in an array of the shared pool.</summary>
    public ArraySegment<byte> Audio { get; private init; }

    /// <summary>How long the audio plays, s.</summary>
    public double Seconds { get; private init; }

    public double StepTimeMs { get; private init; }

    public TimedText[] Items { get; private init; }

    public ProtocolError? Error { get; private init; }

    /// <summary>Whether the context is over with it.</summary>
    public bool IsTerminal => Kind is FrameKind.Done or FrameKind.Error;

    public static OutFrame Done => new() { Kind = FrameKind.Done };

    public static OutFrame Chunk(ArraySegment<byte> audio, double seconds, double stepTimeMs, int flushId)
        => new() { Kind = FrameKind.Chunk, Audio = audio, Seconds = seconds, StepTimeMs = stepTimeMs, FlushId = flushId };

    public static OutFrame Timestamps(FrameKind kind, TimedText[] items, int flushId) => new() { Kind = kind, Items = items, FlushId = flushId };

    public static OutFrame FlushDone(int flushId) => new() { Kind = FrameKind.FlushDone, FlushId = flushId };

    public static OutFrame Failed(ProtocolError error) => new() { Kind = FrameKind.Error, Error = error };

    /// <summary>Returns its memory; the frame must not be read any more.</summary>
    public void Release()
    {
        if (Audio.Array is { } array)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }
}
