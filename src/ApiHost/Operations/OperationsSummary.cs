using TtsGrains.Grains.Interfaces.Operations;

namespace TtsGrains.ApiHost.Operations;

/// <summary>Makes one picture of what the hosts report.</summary>
internal static class OperationsSummary
{
    private const int MostErrors = 100;

    /// <summary>Sums up the upstreams over all silos, in the order in which they are used.</summary>
    public static IReadOnlyList<UpstreamDocument> Upstreams(IReadOnlyList<HostReport> hosts)
        => [.. hosts.SelectMany(host => host.Silo?.Upstreams ?? [], (host, upstream) => (host.Host, Upstream: upstream)).GroupBy(entry => entry.Upstream.Name).Select(Sum)];

    /// <summary>Describes each host.</summary>
    public static IReadOnlyList<HostDocument> Hosts(IReadOnlyList<HostReport> hosts, DateTimeOffset now) =>
    [
        .. hosts.Select(host => new HostDocument(
            host.Host,
            [.. RolesOf(host)],
            host.StartedAt,
            host.IsReady,
            Math.Max(0, Math.Round((now - host.At).TotalSeconds, 1)),
            host.Silo?.Contexts,
            host.Silo?.ContextsWaiting,
            host.Silo is { } silo ? Archive([silo.Archive]) : null,
            host.Dashboard)),
    ];

    /// <summary>Sums up what all silos have to write.</summary>
    public static ArchiveDocument Archive(IReadOnlyCollection<ArchiveReport> silos) => new(
        silos.Sum(silo => silo.SegmentsWaiting),
        silos.Sum(silo => silo.BytesWaiting),
        silos.Sum(silo => silo.SpoolBytes),
        silos.Select(silo => silo.OldestSeconds).DefaultIfEmpty().Max(),
        silos.Any(silo => silo.StoreFailing),
        silos.Sum(silo => silo.SegmentsLost));

    /// <summary>Lists the errors of all hosts, the newest first.</summary>
    public static IReadOnlyList<ErrorEntry> Errors(IReadOnlyList<HostReport> hosts) =>
    [
        .. hosts.SelectMany(host => host.Errors, (host, error) => new ErrorEntry(
                error.At, host.Host, error.StatusCode, error.Code, error.RequestId, error.Session, error.Context, error.TraceId))
            .OrderByDescending(error => error.At).Take(MostErrors),
    ];

    private static UpstreamDocument Sum(IGrouping<string, (string Host, UpstreamReport Upstream)> silos) => new(
        silos.Key,
        BreakerOf([.. silos.Select(silo => silo.Upstream.Breaker).Distinct()]),
        silos.Sum(silo => silo.Upstream.Sockets),
        silos.Sum(silo => silo.Upstream.SlotsTaken),
        silos.Max(silo => silo.Upstream.MaxContexts),
        silos.Sum(silo => silo.Upstream.LeasesHeld),
        silos.Sum(silo => silo.Upstream.LeasesPending),
        silos.Where(silo => silo.Upstream.Fault is not null).ToDictionary(silo => silo.Host, silo => silo.Upstream.Fault!, StringComparer.Ordinal));

    private static string BreakerOf(string[] states) => states.Length == 1 ? states[0] : "half_open";

    private static IEnumerable<string> RolesOf(HostReport host)
    {
        if (host.Silo is not null)
        {
            yield return "silo";
        }

        if (host.ServesClients)
        {
            yield return "api";
        }
    }
}
