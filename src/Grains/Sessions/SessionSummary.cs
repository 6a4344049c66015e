using TtsGrains.Archive.Sessions;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.Grains.Sessions;

/// <summary>What the archive is told of a session.</summary>
internal static class SessionSummary
{
    /// <summary>The account of those contexts that the archive may have and that were let in. There must be one.</summary>
    public static SessionRecord Of(SessionKey key, IReadOnlyList<SessionContext> all, SessionState state)
    {
        var kept = all.Where(context => context.IsKept && (context.IsOpen || context.End is not null)).ToList();
        var contexts = kept.Select(context => new SessionRecordContext(
            context.Ordinal,
            ContextKey.Parse(context.ContextKey).Context,
            Enum.TryParse<ContextOutcome>(context.End?.Outcome, out var outcome) ? outcome : null,
            context.End?.Segments ?? 0,
            context.End?.DurationMs ?? 0,
            context.End?.Characters ?? 0)).ToList();
        return new SessionRecord(
            key.Tenant,
            key.Session,
            state.Reference,
            state.StartedAt ?? kept.Select(context => context.OpenedAt).DefaultIfEmpty().Min(),
            kept.Select(context => context.End?.ClosedAt ?? context.OpenedAt).DefaultIfEmpty().Max(),
            contexts,
            new SessionRecordTotals(contexts.Count, contexts.Sum(c => c.SegmentCount), contexts.Sum(c => c.DurationMs), contexts.Sum(c => c.Characters)));
    }
}
