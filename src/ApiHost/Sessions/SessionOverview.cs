using TtsGrains.Archive.Manifests;
using TtsGrains.Archive.Sessions;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>Puts together what is known of a session: its grain knows what is going on, the archive what was said.</summary>
internal sealed class SessionOverview(SessionArchive archive, IGrainFactory grains)
{
    /// <summary>The session; null if it is unknown.</summary>
    public async Task<SessionDocument?> FindAsync(string tenant, string session, CancellationToken cancellationToken)
    {
        if (session.Length == 0)
        {
            return null;
        }

        var view = await grains.GetGrain<ISessionGrain>(new SessionKey(tenant, session).ToString()).GetAsync();
        var live = await FindLiveAsync(view);
        var record = await archive.FindSessionAsync(tenant, session, cancellationToken);
        var contexts = new SortedDictionary<int, ContextDocument>();
        DateTimeOffset? started = record?.StartedAt ?? view.StartedAt, finished = record?.FinishedAt;
        await foreach (var archived in archive.ListContextsAsync(tenant, session, cancellationToken))
        {
            if (await archive.FindManifestAsync(archived, cancellationToken) is { } manifest)
            {
                contexts[archived.Ordinal] = Describe(manifest);
                started = started < manifest.SessionStartedAt ? started : manifest.SessionStartedAt;
                finished = finished > manifest.FinishedAt ? finished : manifest.FinishedAt;
            }
            else
            {
                var segments = (await archive.ListSegmentsAsync(archived, cancellationToken)).Select(id => new SegmentDocument(id, null, null, null, HasAudio: true));
                contexts[archived.Ordinal] = Describe(archived.Ordinal, archived.Context, live.GetValueOrDefault(archived.Ordinal), [.. segments]);
            }
        }

        foreach (var (ordinal, context) in live)
        {
            contexts.TryAdd(ordinal, Describe(ordinal, null, context, []));
            started = started < context.Noted.OpenedAt ? started : context.Noted.OpenedAt;
            finished = context.Noted.End?.ClosedAt is { } at && !(finished > at) ? at : finished;
        }

        if (contexts.Count == 0 && record is null && !view.IsLive)
        {
            return null;
        }

        var isOpen = contexts.Values.Any(c => c.State == "open");
        var totals = new SessionTotals(
            contexts.Count, contexts.Values.Sum(c => c.Segments.Count), contexts.Values.Sum(c => c.DurationMs), contexts.Values.Sum(c => c.Characters));
        return new SessionDocument(
            session,
            view.Reference ?? record?.Ref,
            started,
            isOpen ? null : finished,
            isOpen ? SessionFilter.Open : SessionFilter.Finished,
            view.IsLive,
            await archive.IsHeldAsync(tenant, session, cancellationToken),
            view.Listeners,
            totals,
            [.. contexts.Values]);
    }

    // What was noted as open may have been refused, or its process ended: its own grain knows.
    private async Task<Dictionary<int, LiveContext>> FindLiveAsync(SessionView view)
    {
        var known = new Dictionary<int, LiveContext>();
        foreach (var context in view.Contexts)
        {
            if (context.End is not null)
            {
                known.Add(context.Ordinal, new LiveContext(context, Upstream: null));
            }
            else if (context.IsOpen && await grains.GetGrain<IContextGrain>(context.ContextKey).GetActivityAsync() is { IsOpen: true } activity)
            {
                known.Add(context.Ordinal, new LiveContext(context, activity.Upstream));
            }
        }

        return known;
    }

    private static ContextDocument Describe(ContextManifest manifest) => new(
        manifest.Ordinal,
        manifest.ContextId,
        "finished",
        manifest.Outcome,
        Archived: true,
        manifest.Characters,
        manifest.DurationMs,
        manifest.Upstream,
        [.. manifest.Segments.Select(s => new SegmentDocument(s.FlushId, s.Ending, s.DurationMs, s.Sha256, s.File is not null))]);

    private static ContextDocument Describe(int ordinal, string? contextId, LiveContext? live, IReadOnlyList<SegmentDocument> segments) => new(
        ordinal,
        live is null ? contextId : ContextKey.Parse(live.Noted.ContextKey).Context,
        live?.Noted.IsOpen is true ? "open" : "finished",
        Enum.TryParse<ContextOutcome>(live?.Noted.End?.Outcome, out var outcome) ? outcome : null,
        Archived: false,
        live?.Noted.End?.Characters ?? 0,
        live?.Noted.End?.DurationMs ?? 0,
        live?.Upstream,
        segments);

    // What the session has noted of a context, and what its own grain says.
    private sealed record LiveContext(SessionContext Noted, string? Upstream);
}
