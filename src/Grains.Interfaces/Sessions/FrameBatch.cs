using System.Collections.Immutable;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Protocol.Audio;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.Grains.Interfaces.Sessions;

/// <summary>Some frames of one context's log, one after the other. What a session's stream carries, and what a log gives to who reads it.</summary>
[GenerateSerializer, Immutable, Alias("tts.FrameBatch")]
public sealed record FrameBatch
{
    /// <summary>A batch without a context: something about the session has changed, ask it.</summary>
    public static FrameBatch Nudge { get; } = new() { ContextKey = "", Encoding = "", Frames = [] };

    /// <summary>The context's grain key; empty in a <see cref="Nudge"/>.</summary>
    [Id(0)]
    public required string ContextKey { get; init; }

    /// <summary>The wire's name of the encoding of the context's audio.</summary>
    [Id(1)]
    public required string Encoding { get; init; }

    /// <summary>Hz.</summary>
    [Id(2)]
    public int SampleRate { get; init; }

    /// <summary>The offset of the first frame here.</summary>
    [Id(3)]
    public int From { get; init; }

    [Id(4)]
    public required ImmutableArray<LoggedFrame> Frames { get; init; }

    /// <summary>How many frames the log had when this was taken from it.</summary>
    [Id(5)]
    public int Count { get; init; }

    /// <summary>Whether the log takes no more frames: then there will never be more than <see cref="Count"/>.</summary>
    [Id(6)]
    public bool IsComplete { get; init; }

    /// <summary>The context's number in its session, from 1; 0 when it is not known yet.</summary>
    [Id(7)]
    public int Ordinal { get; init; }

    /// <summary>The span of the context, as a W3C <c>traceparent</c>; null if it is in no trace.</summary>
    [Id(8)]
    public string? TraceParent { get; init; }

    /// <summary>All seams of the context so far, for its owner; null if there are none, or for others.</summary>
    [Id(9)]
    public ContextSeam[]? Seams { get; init; }

    /// <summary>The offset behind the last frame here.</summary>
    public int To => From + Frames.Length;

    /// <summary>The form of the context's audio.</summary>
    public AudioFormat Format => new(AudioNames.ParseEncoding(Encoding), SampleRate);
}

/// <summary>One frame as it is written to the context's owner.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Frame">The whole frame as UTF-8 JSON. Never written again.</param>
/// <param name="PayloadStart">Where a chunk's base64 text begins in it.</param>
/// <param name="PayloadLength">How long that is.</param>
[GenerateSerializer, Immutable, Alias("tts.LoggedFrame")]
public readonly record struct LoggedFrame(
    [property: Id(0)] FrameKind Kind,
    [property: Id(1)] ReadOnlyMemory<byte> Frame,
    [property: Id(2)] int PayloadStart,
    [property: Id(3)] int PayloadLength)
{
    /// <summary>A chunk's base64 text between its quotes.</summary>
    public ReadOnlyMemory<byte> Payload => Frame.Slice(PayloadStart, PayloadLength);
}
