using System.Text.Json.Serialization;
using TtsGrains.Archive.Writing;
using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>One page of sessions.</summary>
/// <param name="Data">The sessions, the newest first. May be fewer than asked for, though more follow.</param>
/// <param name="Next">Give it as <c>after</c> for the next page; null when this is the last.</param>
internal sealed record SessionPage(IReadOnlyList<SessionListed> Data, string? Next);

/// <summary>A session in a listing.</summary>
/// <param name="SessionId">Its id.</param>
/// <param name="Ref">What the client called it with <c>?ref=</c>.</param>
/// <param name="StartedAt">When its first client connected or its first context was opened.</param>
/// <param name="FinishedAt">When its last context ended; null while one is open, or before there was one.</param>
/// <param name="State"><c>open</c> while a context is open, else <c>finished</c>.</param>
/// <param name="Live">True while more may be said in it: a client is connected or may come back, or a context is open.</param>
/// <param name="Totals">Sums over its contexts; those that are open count when they end.</param>
internal sealed record SessionListed(
    string SessionId, string? Ref, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt, string State, bool Live, SessionTotals Totals);

/// <summary>A session.</summary>
/// <param name="SessionId">Its id.</param>
/// <param name="Ref">What the client called it with <c>?ref=</c>.</param>
/// <param name="StartedAt">When its first client connected or its first context was opened.</param>
/// <param name="FinishedAt">When its last context ended; null while one is open.</param>
/// <param name="State"><c>open</c> while a context is open, else <c>finished</c>.</param>
/// <param name="Live">True while more may be said in it: a client is connected or may come back, or a context is open.</param>
/// <param name="Held">Whether a legal hold keeps it.</param>
/// <param name="Listeners">How many listen in right now.</param>
/// <param name="Totals">Sums over its contexts.</param>
/// <param name="Contexts">Its contexts in the order in which they were opened.</param>
internal sealed record SessionDocument(
    string SessionId,
    string? Ref,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt,
    string State,
    bool Live,
    bool Held,
    int Listeners,
    SessionTotals Totals,
    IReadOnlyList<ContextDocument> Contexts);

/// <summary>Sums over a session.</summary>
/// <param name="Contexts">How many contexts it has.</param>
/// <param name="Segments">How many segments they have.</param>
/// <param name="DurationMs">How long their audio plays, milliseconds.</param>
/// <param name="Characters">Length of their text, UTF-16 units.</param>
internal sealed record SessionTotals(int Contexts, int Segments, double DurationMs, int Characters);

/// <summary>A context of a session.</summary>
/// <param name="Ordinal">Its place in the session, from 1.</param>
/// <param name="ContextId">The client's id of it.</param>
/// <param name="State"><c>open</c> or <c>finished</c>.</param>
/// <param name="Outcome">How it ended: done, cancelled, error or expired; null while it is open.</param>
/// <param name="Archived">Whether the archive has its manifest.</param>
/// <param name="Characters">UTF-16 units pushed.</param>
/// <param name="DurationMs">How long its audio plays, milliseconds.</param>
/// <param name="Upstream">The upstream that speaks it, or spoke it last; null if none did, or while a context that has ended is not archived.</param>
/// <param name="Segments">What the archive has of it.</param>
internal sealed record ContextDocument(
    int Ordinal,
    string? ContextId,
    string State,
    ContextOutcome? Outcome,
    bool Archived,
    int Characters,
    double DurationMs,
    string? Upstream,
    IReadOnlyList<SegmentDocument> Segments);

/// <summary>A segment of a context.</summary>
/// <param name="FlushId">Its number, from 1.</param>
/// <param name="Ending">Why it ended; null while the context is open.</param>
/// <param name="DurationMs">How long its audio plays, milliseconds; null while the context is open.</param>
/// <param name="Sha256">Of its WAV file, lower-case hex; null without one.</param>
/// <param name="HasAudio">Whether it can be downloaded.</param>
internal sealed record SegmentDocument(int FlushId, SegmentEnding? Ending, double? DurationMs, string? Sha256, bool HasAudio);

[JsonSerializable(typeof(SessionPage))]
[JsonSerializable(typeof(SessionDocument))]
[JsonSerializable(typeof(UsageDocument))]
[JsonSerializable(typeof(ArchiveKeysDocument))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class SessionsJson : JsonSerializerContext;
