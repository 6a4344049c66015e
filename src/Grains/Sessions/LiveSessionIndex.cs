using System.Collections.Immutable;
using TtsGrains.Archive.Stores;
using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.Grains.Sessions;

/// <summary>Live sessions by the host that reports them. Hosts whose lease has ended do not count. No clock of its own.</summary>
internal sealed class LiveSessionIndex
{
    private readonly Dictionary<string, Host> _hosts = new(StringComparer.Ordinal);

    /// <summary>Adds and removes sessions of one host.</summary>
    public void Report(string host, IEnumerable<LiveSession> added, IEnumerable<string> removed, DateTimeOffset leaseEnd)
    {
        if (!_hosts.TryGetValue(host, out var known))
        {
            _hosts.Add(host, known = new Host());
        }

        known.LeaseEnd = leaseEnd;
        foreach (var session in removed)
        {
            known.Sessions.Remove(session);
        }

        foreach (var session in added)
        {
            known.Sessions[session.Session] = session;
        }
    }

    /// <summary>Replaces all sessions of one host.</summary>
    public void Renew(string host, ImmutableArray<LiveSession> sessions, DateTimeOffset leaseEnd)
    {
        _hosts.Remove(host);
        if (sessions.Length > 0)
        {
            Report(host, sessions, [], leaseEnd);
        }
    }

    /// <summary>Lists sessions in the order of their listing names: the newest first.</summary>
    public ImmutableArray<LiveSession> List(LiveSessionQuery query, DateTimeOffset now) =>
    [
        .. Live(now).SelectMany(host => host.Sessions.Values)
            .GroupBy(session => session.Session, StringComparer.Ordinal)
            .Select(reports => reports.MinBy(report => report.StartedAt)! with { Reference = reports.Select(report => report.Reference).FirstOrDefault(r => r is not null) })
            .Where(session => (query.Reference is null || session.Reference == query.Reference) && IsOf(session, query))
            .Select(session => (Name: ArchiveNames.ListingName(session.StartedAt, query.Day, session.Session), Session: session))
            .Where(listed => query.After is null || string.CompareOrdinal(listed.Name, query.After) > 0)
            .OrderBy(listed => listed.Name, StringComparer.Ordinal)
            .Take(query.Limit)
            .Select(listed => listed.Session),
    ];

    /// <summary>Returns those of the given session ids that are listed.</summary>
    public ImmutableArray<string> Find(ImmutableArray<string> sessions, DateTimeOffset now)
    {
        var live = Live(now).ToList();
        return [.. sessions.Where(session => live.Exists(host => host.Sessions.ContainsKey(session)))];
    }

    /// <summary>Returns how many clients of the session the hosts have.</summary>
    public int CountClients(string session, DateTimeOffset now) => Live(now).Sum(host => host.Sessions.GetValueOrDefault(session)?.Clients ?? 0);

    private static bool IsOf(LiveSession session, LiveSessionQuery query)
    {
        var started = DateOnly.FromDateTime(session.StartedAt.UtcDateTime);
        return query.Day is not { } day || started == day || (query.IsToday && started < day);
    }

    private IEnumerable<Host> Live(DateTimeOffset now) => _hosts.Values.Where(host => host.LeaseEnd > now);

    private sealed class Host
    {
        public DateTimeOffset LeaseEnd { get; set; }

        public Dictionary<string, LiveSession> Sessions { get; } = new(StringComparer.Ordinal);
    }
}
