using System.Runtime.CompilerServices;
using TtsGrains.Archive.Encryption;
using TtsGrains.Archive.Sessions;
using TtsGrains.Archive.Stores;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>
/// Lists the sessions of a tenant, the newest first: the live ones from the tenant's directory, the others from the archive. Both come in the order of
/// <see cref="ArchiveNames.ListingName"/>, page by page, and are merged.
/// </summary>
internal sealed class SessionListing(SessionArchive archive, SessionOverview overview, SessionTextSearch texts, IGrainFactory grains, TimeProvider time)
{
    // A filter that matches few sessions must not make one request read the whole archive.
    private const int MostExamined = 1000;
    private const int MostSearched = 200;
    private const int AtOnce = 16;

    /// <summary>Returns one page.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="filter">Selects sessions.</param>
    /// <param name="cursor">The end of the page before; null for the first page.</param>
    /// <param name="limit">The most sessions.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentException">The cursor is none of the archive's.</exception>
    public async Task<SessionPage> ListAsync(string tenant, SessionFilter filter, ListingCursor? cursor, int limit, CancellationToken cancellationToken)
    {
        await using var live = LiveAsync(tenant, filter, cursor, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using var archived = ArchivedAsync(tenant, filter, cursor, limit, cancellationToken).GetAsyncEnumerator(cancellationToken);
        var found = new List<SessionListed>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var mostExamined = Math.Max(limit, filter.Words.Count > 0 ? MostSearched : MostExamined);
        var examined = 0;
        var (isLiveLeft, isArchivedLeft) = (await live.MoveNextAsync(), await archived.MoveNextAsync());
        var archivePage = cursor?.ArchivePage;
        for (var last = cursor?.After; isLiveLeft || isArchivedLeft; examined++)
        {
            if (last is not null && (found.Count == limit || examined >= mostExamined))
            {
                return new SessionPage(found, new ListingCursor(last, archivePage).ToString());
            }

            var isLiveNext = isLiveLeft && (!isArchivedLeft || string.CompareOrdinal(live.Current.Name, archived.Current.Name) <= 0);
            var next = isLiveNext ? live.Current : archived.Current;
            last = next.Name;
            archivePage = isArchivedLeft ? archived.Current.ArchivePage : archivePage;
            // One that ends meanwhile is in both.
            if (next.Session is { } session && ids.Add(session.SessionId))
            {
                found.Add(session);
            }

            (isLiveLeft, isArchivedLeft) = isLiveNext ? (await live.MoveNextAsync(), isArchivedLeft) : (isLiveLeft, await archived.MoveNextAsync());
        }

        return new SessionPage(found, null);
    }

    private async IAsyncEnumerable<Candidate> LiveAsync(
        string tenant, SessionFilter filter, ListingCursor? cursor, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var isToday = filter.Day == DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var after = cursor?.After;
        var directory = grains.GetGrain<ISessionDirectoryGrain>(tenant);
        while (filter.IncludesLive)
        {
            var listed = await directory.ListAsync(new LiveSessionQuery(filter.Day, isToday, filter.Reference, after, AtOnce));
            var views = await Task.WhenAll(listed.Select(session => ViewAsync(tenant, session.Session)));
            for (var i = 0; i < listed.Length; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                after = ArchiveNames.ListingName(listed[i].StartedAt, filter.Day, listed[i].Session);
                if (views[i].IsLive)
                {
                    var session = Describe(listed[i], views[i]);
                    yield return new Candidate(after, await MatchesAsync(tenant, session, filter, cancellationToken) ? session : null, null);
                }
            }

            if (listed.Length < AtOnce)
            {
                yield break;
            }
        }
    }

    private async IAsyncEnumerable<Candidate> ArchivedAsync(
        string tenant, SessionFilter filter, ListingCursor? cursor, int limit, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var page = cursor?.ArchivePage;
        while (filter.IncludesArchived)
        {
            var day = filter.Day ?? DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
            var (listed, next) = await archive.ListAsync(tenant, day, filter.Reference, page, limit + 1, cancellationToken);
            foreach (var some in listed.Where(session => cursor is null || string.CompareOrdinal(session.Name, cursor.After) > 0).Chunk(AtOnce))
            {
                var live = (await FindLiveAsync(tenant, [.. some.Select(session => session.SessionId)])).ToHashSet(StringComparer.Ordinal);
                var described = await Task.WhenAll(some.Select(session => live.Contains(session.SessionId)
                    ? Task.FromResult<SessionListed?>(null)
                    : FindAsync(tenant, session.SessionId, filter, cancellationToken)));
                for (var i = 0; i < some.Length; i++)
                {
                    // A live session has its place among the live ones.
                    if (!live.Contains(some[i].SessionId))
                    {
                        yield return new Candidate(some[i].Name, described[i], page);
                    }
                }
            }

            if (next is null)
            {
                yield break;
            }

            page = next;
        }
    }

    // With a reference, the archive lists all days.
    private static bool IsOf(SessionListed session, SessionFilter filter) => filter is not { Reference: not null, Day: { } day }
        || (DateOnly.FromDateTime(session.StartedAt?.UtcDateTime ?? default) <= day && day <= DateOnly.FromDateTime(session.FinishedAt?.UtcDateTime ?? default));

    // The directory may lag behind.
    private async Task<IEnumerable<string>> FindLiveAsync(string tenant, string[] sessions)
    {
        var listed = await grains.GetGrain<ISessionDirectoryGrain>(tenant).FindAsync([.. sessions]);
        var views = await Task.WhenAll(listed.Select(session => ViewAsync(tenant, session)));
        return listed.Where((_, i) => views[i].IsLive);
    }

    private Task<SessionView> ViewAsync(string tenant, string session) => grains.GetGrain<ISessionGrain>(new SessionKey(tenant, session).ToString()).GetAsync();

    private async Task<SessionListed?> FindAsync(string tenant, string session, SessionFilter filter, CancellationToken cancellationToken)
        => await DescribeAsync(tenant, session, cancellationToken) is { } found && IsOf(found, filter) && await MatchesAsync(tenant, found, filter, cancellationToken)
            ? found
            : null;

    private async Task<bool> MatchesAsync(string tenant, SessionListed session, SessionFilter filter, CancellationToken cancellationToken)
        => filter.Matches(session) && await texts.HasAsync(tenant, session.SessionId, filter.Words, cancellationToken);

    private async Task<SessionListed?> DescribeAsync(string tenant, string session, CancellationToken cancellationToken)
    {
        // A session that was erased with its key is not listed any more.
        if (await archive.FindSessionAsync(tenant, session, cancellationToken).UnlessUnreadableAsync() is { } record)
        {
            var totals = new SessionTotals(record.Totals.Contexts, record.Totals.Segments, record.Totals.DurationMs, record.Totals.Characters);
            return new SessionListed(session, record.Ref, record.StartedAt, record.FinishedAt, SessionFilter.Finished, Live: false, totals);
        }

        // Its process ended before the summary was written: the manifests tell.
        return await overview.FindAsync(tenant, session, cancellationToken).UnlessUnreadableAsync() is { } found
            ? new SessionListed(session, found.Ref, found.StartedAt, found.FinishedAt, found.State, found.Live, found.Totals)
            : null;
    }

    private static SessionListed Describe(LiveSession session, SessionView view)
    {
        var isOpen = view.Contexts.Any(context => context.IsOpen);
        var ends = view.Contexts.Select(context => context.End).OfType<SessionContextEnd>().ToList();
        var totals = new SessionTotals(view.Contexts.Length, ends.Sum(end => end.Segments), ends.Sum(end => end.DurationMs), ends.Sum(end => end.Characters));
        return new SessionListed(
            session.Session,
            view.Reference,
            session.StartedAt,
            isOpen || ends.Count == 0 ? null : ends.Max(end => end.ClosedAt),
            isOpen ? SessionFilter.Open : SessionFilter.Finished,
            Live: true,
            totals);
    }

    /// <param name="Name">Its place in the listing.</param>
    /// <param name="Session">The session; null for one that is not listed.</param>
    /// <param name="ArchivePage">The archive's cursor of its page.</param>
    private readonly record struct Candidate(string Name, SessionListed? Session, string? ArchivePage);
}
