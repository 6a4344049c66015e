using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using TtsGrains.Grains.Diagnostics;
using TtsGrains.Grains.Upstreams;

namespace TtsGrains.Grains.Connections;

/// <summary>The upstreams of this silo, and the lock of the pool: everything in an <see cref="UpstreamAccount"/> but its sockets is used under it.</summary>
internal sealed class UpstreamAccounts
{
    private readonly ConcurrentDictionary<string, UpstreamAccount> _accounts = new(StringComparer.Ordinal);
    private readonly Func<string, UpstreamAccount> _create;
    private volatile bool _isStopping;

    /// <param name="catalogue">Names the configured upstreams.</param>
    /// <param name="silo">Names this silo; part of the keys of its sockets.</param>
    /// <param name="upstreams">The options of each upstream.</param>
    /// <param name="membership">When other silos declare this one dead.</param>
    /// <param name="time">The clock.</param>
    public UpstreamAccounts(
        UpstreamCatalogue catalogue, ILocalSiloDetails silo, IOptionsMonitor<UpstreamOptions> upstreams, ClusterMembershipOptions membership, TimeProvider time)
    {
        // With its generation: a silo that comes back counts its sockets from 1 again, and those of its former life may still be in the directory.
        var address = silo.SiloAddress.ToString();
        var standstill = StandstillOf(membership);
        _create = name => upstreams.Get(name) is var options && options.MaxContexts == 0
            ? new UpstreamAccount(name, address, options, time, Random.Shared.NextDouble)
            : new UpstreamAccount(name, address, options, time, Random.Shared.NextDouble) { Leases = new LeaseClient(address, standstill, time) };
        Configured = [.. catalogue.Names.Select(name => this[name])];
        Limited = [.. Configured.Where(account => account.Leases is not null)];
    }

    /// <summary>The lock of the pool.</summary>
    public Lock Gate { get; } = new();

    /// <summary>The configured upstreams, the best first.</summary>
    public UpstreamAccount[] Configured { get; }

    /// <summary>The configured upstreams with a limit, and so with leases.</summary>
    public UpstreamAccount[] Limited { get; }

    /// <summary>True while this silo stops. Upstreams and grains that fail then are expected.</summary>
    public bool IsStopping
    {
        get => _isStopping;
        set => _isStopping = value;
    }

    /// <summary>The number of contexts that hold a slot, over all upstreams.</summary>
    public int SlotsTaken => _accounts.Values.Sum(account => account.Sockets.SlotsTaken);

    /// <summary>Gets an upstream. One that is not configured is the warm-up's; see <see cref="UpstreamOptions.WarmUp"/>.</summary>
    public UpstreamAccount this[string name] => _accounts.GetOrAdd(name, _create);

    /// <summary>Reports the state of each configured upstream, the best first.</summary>
    public IReadOnlyList<UpstreamHealth> Report()
    {
        lock (Gate)
        {
            return
            [
                .. Configured.Select(account => new UpstreamHealth(
                    account.Name, account.Breaker.State, account.Sockets.Count, account.Sockets.SlotsTaken, UpstreamFault.Explain(account.Name, account.Breaker.LastFailure))),
            ];
        }
    }

    /// <summary>Reports the leases of each upstream with a limit.</summary>
    public IReadOnlyList<LeaseCount> ReportLeases()
    {
        lock (Gate)
        {
            return [.. Limited.Select(account => new LeaseCount(account.Name, account.Sockets.SlotsTaken + account.Leases!.Kept, account.Leases.Pending))];
        }
    }

    // A silo that falls silent is declared dead after twice as long, at the earliest: no one votes while it was heard within that time.
    private static TimeSpan StandstillOf(ClusterMembershipOptions membership) => 2 * membership.NumMissedProbesLimit * membership.ProbeTimeout;
}
