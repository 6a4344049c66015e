using System.Collections.Immutable;
using TtsGrains.Grains.Interfaces.Sessions;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.Grains.Contexts.Log;

/// <summary>Takes frames out of a log in the form that travels. The frames themselves are not copied here.</summary>
internal static class LogBatches
{
    /// <summary>Reads frames from an offset on, up to a number of frames and a number of bytes; the last frame may exceed the bytes.</summary>
    public static FrameBatch Read(string contextKey, int ordinal, ContextLog log, int from, int maxFrames, int maxBytes)
    {
        // Asked before the frames are read: what is there once it is closed is all there will be.
        var isClosed = log.IsClosed;
        var frames = ImmutableArray.CreateBuilder<LoggedFrame>();
        var bytes = 0;
        while (frames.Count < maxFrames && bytes < maxBytes && log.TryRead(from + frames.Count, out var entry))
        {
            frames.Add(new LoggedFrame(entry.Kind, entry.Frame, entry.PayloadStart, entry.PayloadLength));
            bytes += entry.Frame.Length;
        }

        return new FrameBatch
        {
            ContextKey = contextKey,
            Ordinal = ordinal,
            Encoding = log.Format.Encoding.ToWireName(),
            SampleRate = log.Format.SampleRate,
            From = from,
            Frames = frames.DrainToImmutable(),
            Count = log.Count,
            IsComplete = isClosed,
            TraceParent = log.TraceParent,
        };
    }
}
