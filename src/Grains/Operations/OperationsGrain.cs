using System.Collections.Immutable;
using TtsGrains.Grains.Interfaces;
using TtsGrains.Grains.Interfaces.Operations;
using TtsGrains.Grains.Upstreams;

namespace TtsGrains.Grains.Operations;

/// <summary>Keeps the last report of each host in memory: after a move to another silo the hosts report again.</summary>
[GrainType(GrainTypes.Operations)]
internal sealed class OperationsGrain(UpstreamCatalogue catalogue, TimeProvider time) : Grain, IOperationsGrain
{
    private readonly Dictionary<string, (HostReport Report, long At)> _hosts = new(StringComparer.Ordinal);

    public Task ReportAsync(HostReport report)
    {
        _hosts[report.Host] = (report, time.GetTimestamp());
        Forget();
        return Task.CompletedTask;
    }

    public Task<ImmutableArray<HostReport>> ListAsync(string tenant)
    {
        Forget();
        var upstreams = catalogue.Of(tenant);
        return Task.FromResult<ImmutableArray<HostReport>>(
            [.. _hosts.Values.Select(host => OfTenant(host.Report, tenant, upstreams)).OrderBy(report => report.Host, StringComparer.Ordinal)]);
    }

    // Numbers of other tenants, and upstreams that only others use, are none of this one's business.
    private static HostReport OfTenant(HostReport report, string tenant, ImmutableArray<string> upstreams) => report with
    {
        Silo = report.Silo is { } silo ? silo with { Upstreams = [.. silo.Upstreams.Where(upstream => upstreams.Contains(upstream.Name))] } : null,
        Tenants = [.. report.Tenants.Where(open => open.Tenant == tenant)],
        Errors = [.. report.Errors.Where(error => error.Tenant == tenant)],
    };

    private void Forget()
    {
        foreach (var (host, _) in _hosts.Where(host => time.GetElapsedTime(host.Value.At) >= HostReports.Length).ToArray())
        {
            _hosts.Remove(host);
        }
    }
}
