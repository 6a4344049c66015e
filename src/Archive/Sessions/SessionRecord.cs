using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.Archive.Sessions;

/// <summary>
/// The account of one session, stored above its contexts as <c>session.json</c> a moment after a context of it has ended, in the place of the one before.
/// The manifests of the contexts are the truth; this saves reading them all.
/// </summary>
/// <param name="Tenant">Whose it is.</param>
/// <param name="SessionId">The session's id.</param>
/// <param name="Ref">What the caller calls it, if anything.</param>
/// <param name="StartedAt">When its first client connected or its first context was opened.</param>
/// <param name="FinishedAt">When its last context ended.</param>
/// <param name="Contexts">Its contexts in the order in which they were opened.</param>
/// <param name="Totals">Sums over the contexts.</param>
public sealed record SessionRecord(
    string Tenant,
    string SessionId,
    string? Ref,
    DateTimeOffset StartedAt,
    DateTimeOffset FinishedAt,
    IReadOnlyList<SessionRecordContext> Contexts,
    SessionRecordTotals Totals);

/// <summary>One context of a session.</summary>
/// <param name="Ordinal">Its place, from 1.</param>
/// <param name="ContextId">The client's id of it.</param>
/// <param name="Outcome">How it ended; null while it is open.</param>
/// <param name="SegmentCount">How many segments it had.</param>
/// <param name="DurationMs">How long its audio plays, as spoken, whether or not it was kept.</param>
/// <param name="Characters">UTF-16 units pushed.</param>
public sealed record SessionRecordContext(int Ordinal, string ContextId, ContextOutcome? Outcome, int SegmentCount, double DurationMs, int Characters);

/// <summary>Sums over a session.</summary>
public sealed record SessionRecordTotals(int Contexts, int Segments, double DurationMs, int Characters);

/// <summary>What a legal hold says.</summary>
/// <param name="SessionId">The session that must not be removed.</param>
/// <param name="HeldAt">Since when.</param>
public sealed record HoldMark(string SessionId, DateTimeOffset HeldAt);
