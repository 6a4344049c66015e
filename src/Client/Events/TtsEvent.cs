using TtsGrains.Protocol.Frames;

namespace TtsGrains.Client.Events;

/// <summary>Something that the service said about a context. A closed set: the types of this file.</summary>
/// <param name="ContextId">The context it is about.</param>
public abstract record TtsEvent(string ContextId)
{
    /// <summary>The event's number in its context, from 0; numbers of what was not asked for are left out. Null from a server without sessions.</summary>
    public long? Offset { get; init; }

    /// <summary>The session; for listeners only.</summary>
    public string? SessionId { get; init; }
}

/// <summary>A piece of audio: whole samples, without a header.</summary>
/// <param name="ContextId">The context it is about.</param>
/// <param name="Audio">In the context's format, or in the one that the listener asked for.</param>
/// <param name="FlushId">The segment's number, from 1; null when the server gives none.</param>
/// <param name="StepTime">The work that it took the server.</param>
public sealed record AudioEvent(string ContextId, ReadOnlyMemory<byte> Audio, int? FlushId, TimeSpan StepTime) : TtsEvent(ContextId);

/// <summary>When words are said.</summary>
/// <param name="ContextId">The context it is about.</param>
/// <param name="Words">With seconds from the start of the context's audio.</param>
/// <param name="FlushId">The segment's number, from 1; null when the server gives none.</param>
public sealed record WordsEvent(string ContextId, IReadOnlyList<TimedText> Words, int? FlushId) : TtsEvent(ContextId);

/// <summary>When phonemes are said.</summary>
/// <param name="ContextId">The context it is about.</param>
/// <param name="Phonemes">With seconds from the start of the context's audio.</param>
/// <param name="FlushId">The segment's number, from 1; null when the server gives none.</param>
public sealed record PhonemesEvent(string ContextId, IReadOnlyList<TimedText> Phonemes, int? FlushId) : TtsEvent(ContextId);

/// <summary>A flush has been said to its end: exactly one for each.</summary>
/// <param name="ContextId">The context it is about.</param>
/// <param name="FlushId">The flush's number, from 1; null when the server gives none.</param>
public sealed record FlushDoneEvent(string ContextId, int? FlushId) : TtsEvent(ContextId);

/// <summary>All has been said; the last event of a context.</summary>
/// <param name="ContextId">The context it is about.</param>
public sealed record DoneEvent(string ContextId) : TtsEvent(ContextId);

/// <summary>The context ended with an error. Only listeners see this event; the context's own reader gets a <see cref="TtsException"/>.</summary>
/// <param name="ContextId">The context it is about.</param>
/// <param name="Error">What went wrong.</param>
public sealed record ErrorEvent(string ContextId, TtsError Error) : TtsEvent(ContextId);

/// <summary>Events that a listener missed and that are no longer available.</summary>
/// <param name="ContextId">The context it is about.</param>
/// <param name="From">The offset of the first missing event.</param>
/// <param name="To">The offset behind the last missing one; null if their number is unknown: the context is over.</param>
public sealed record GapEvent(string ContextId, long From, long? To) : TtsEvent(ContextId);
