using Microsoft.Extensions.Options;
using TtsGrains.Grains.Connections;
using TtsGrains.Grains.Diagnostics;
using TtsGrains.Grains.Health;
using TtsGrains.Grains.Interfaces.Operations;
using TtsGrains.Grains.Upstreams;

namespace TtsGrains.Grains.Operations;

/// <summary>Reports contexts, upstreams and archive of a silo, from the counts that it keeps anyway.</summary>
internal sealed class SiloReportPart(IHostHealth health, UpstreamPool pool, IOptionsMonitor<UpstreamOptions> options) : IHostReportPart
{
    public HostReport AddTo(HostReport report)
    {
        var now = health.Report();
        var leases = pool.ReportLeases().ToDictionary(lease => lease.Upstream, StringComparer.Ordinal);
        var archive = new ArchiveReport(
            now.ArchiveSegmentsWaiting ?? 0,
            now.ArchiveBytesWaiting ?? 0,
            now.ArchiveSpoolBytes ?? 0,
            now.ArchiveOldestSeconds ?? 0,
            now.ArchiveStoreFailing ?? false,
            now.ArchiveSegmentsLost ?? 0);
        return report with
        {
            Silo = new SiloReport(
                now.Contexts ?? 0,
                now.ContextsWaiting ?? 0,
                [.. (now.Upstreams ?? []).Select(upstream => Describe(upstream, leases.GetValueOrDefault(upstream.Name)))],
                archive),
        };
    }

    private UpstreamReport Describe(UpstreamHealth upstream, LeaseCount leases) => new(
        upstream.Name,
        NameOf(upstream.State),
        upstream.Sockets,
        upstream.SlotsTaken,
        options.Get(upstream.Name).MaxContexts is > 0 and var most ? most : null,
        leases.Held,
        leases.Pending,
        upstream.Fault);

    private static string NameOf(BreakerState state) => state switch
    {
        BreakerState.Closed => "closed",
        BreakerState.Open => "open",
        BreakerState.HalfOpen => "half_open",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "Not a state."),
    };
}
