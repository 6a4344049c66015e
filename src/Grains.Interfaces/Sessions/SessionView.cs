using System.Collections.Immutable;

namespace TtsGrains.Grains.Interfaces.Sessions;

/// <summary>A session as it stands.</summary>
/// <param name="Contexts">Its contexts in the order in which they were opened.</param>
/// <param name="IsLive">Whether more may still be said in it: a client is connected, a context is open, or a lost client may yet come back.</param>
/// <param name="Listeners">How many listen in.</param>
/// <param name="Reference">What the caller calls it; null when it gave nothing.</param>
[GenerateSerializer, Immutable, Alias("tts.SessionView")]
public sealed record SessionView(
    [property: Id(0)] ImmutableArray<SessionContext> Contexts,
    [property: Id(1)] bool IsLive,
    [property: Id(2)] int Listeners,
    [property: Id(3)] string? Reference)
{
    /// <summary>When it began: when its first client connected or its first context was opened. Null when grains do not know the session.</summary>
    [Id(4)]
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Whether there is, or was, such a session as far as grains know. The archive may know older ones.</summary>
    public bool IsKnown => IsLive || Contexts.Length > 0;
}

/// <summary>A context as its session knows it.</summary>
/// <param name="Ordinal">Its number in the session, from 1.</param>
/// <param name="ContextKey">Its grain key.</param>
/// <param name="IsOpen">Whether it is still going on.</param>
/// <param name="Frames">How many frames its log had when it ended; null while it is open, or if its end was not reported.</param>
[GenerateSerializer, Immutable, Alias("tts.SessionContext")]
public sealed record SessionContext(
    [property: Id(0)] int Ordinal,
    [property: Id(1)] string ContextKey,
    [property: Id(2)] bool IsOpen,
    [property: Id(3)] int? Frames = null)
{
    /// <summary>When it was opened.</summary>
    [Id(4)]
    public DateTimeOffset OpenedAt { get; init; }

    /// <summary>Whether the archive may have it.</summary>
    [Id(5)]
    public bool IsKept { get; init; }

    /// <summary>How it ended; null while it is open, or if its end was not reported.</summary>
    [Id(6)]
    public SessionContextEnd? End { get; init; }
}

/// <summary>What a session is told of itself with each context.</summary>
/// <param name="Reference">What the caller calls it; null changes nothing.</param>
/// <param name="IsKept">Whether the archive may have the context.</param>
/// <param name="IsNumbered">Whether its client counts its inputs, and so sends all of them again over another socket where it must.</param>
[GenerateSerializer, Immutable, Alias("tts.SessionSettings")]
public sealed record SessionSettings(
    [property: Id(0)] string? Reference,
    [property: Id(1)] bool IsKept,
    [property: Id(2)] bool IsNumbered = false);

/// <summary>How a context of a session ended.</summary>
/// <param name="Outcome">The name of its outcome, as the archive knows it.</param>
/// <param name="Segments">How many segments it had.</param>
/// <param name="DurationMs">How long its audio plays.</param>
/// <param name="Characters">UTF-16 units pushed.</param>
/// <param name="ClosedAt">When.</param>
[GenerateSerializer, Immutable, Alias("tts.SessionContextEnd")]
public sealed record SessionContextEnd(
    [property: Id(0)] string Outcome,
    [property: Id(1)] int Segments,
    [property: Id(2)] double DurationMs,
    [property: Id(3)] int Characters,
    [property: Id(4)] DateTimeOffset ClosedAt);

/// <summary>What a context is told when it is opened.</summary>
/// <param name="Ordinal">Its number in the session, from 1.</param>
/// <param name="HasListeners">Whether somebody listens to the session.</param>
/// <param name="IsCeded">Whether it has no place, because its client begins it anew over a later socket.</param>
[GenerateSerializer, Immutable, Alias("tts.SessionPlace")]
public readonly record struct SessionPlace([property: Id(0)] int Ordinal, [property: Id(1)] bool HasListeners, [property: Id(2)] bool IsCeded = false)
{
    /// <summary>When the session began.</summary>
    [Id(3)]
    public DateTimeOffset SessionStartedAt { get; init; }
}
