using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using TtsGrains.Grains.Diagnostics;
using TtsGrains.Grains.Interfaces.Connections;
using TtsGrains.Grains.Upstreams;

namespace TtsGrains.Grains.Connections;

/// <summary>
/// The upstreams of this silo as its contexts use them. <see cref="SlotAllocator"/> assigns slots, <see cref="SocketMaintenance"/> dials,
/// <see cref="LeaseReporter"/> keeps leases, <see cref="RequestOutcomes"/> judges upstreams; this class locks, and runs them periodically.
/// </summary>
public sealed class UpstreamPool : BackgroundService
{
    private static readonly TimeSpan BusyTick = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan IdleTick = TimeSpan.FromSeconds(1);

    private readonly UpstreamAccounts _accounts;
    private readonly LeaseReporter _leases;
    private readonly SocketMaintenance _sockets;
    private readonly SlotAllocator _slots;
    private readonly TimeProvider _time;
    private readonly ITimer _tick;

    public UpstreamPool(
        UpstreamCatalogue catalogue,
        IGrainFactory grains,
        ILocalSiloDetails silo,
        ISiloMembership silos,
        IOptionsMonitor<UpstreamOptions> upstreams,
        IOptionsMonitor<TenantOptions> tenants,
        IOptions<ClusterMembershipOptions> membership,
        UpstreamInstruments instruments,
        TimeProvider time,
        ILogger<UpstreamPool> logger)
    {
        _time = time;
        _accounts = new UpstreamAccounts(catalogue, silo, upstreams, membership.Value, time);
        _leases = new LeaseReporter(_accounts, grains, silos, time, logger);
        _sockets = new SocketMaintenance(_accounts, grains, logger);
        _slots = new SlotAllocator(_accounts, _sockets, _leases, tenant => tenants.Get(tenant).Weight, time);
        Outcomes = new RequestOutcomes(_accounts, _sockets, time, logger);
        _leases.Answered += _slots.Serve;
        _leases.Lapsed += _sockets.Cut;
        _sockets.Dialled += ServeAndRefuse;
        _tick = time.CreateTimer(_ => OnTick(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        instruments.Watch(Report, () => Waiting, _accounts.ReportLeases);
    }

    /// <summary>True if an upstream works.</summary>
    public bool IsReady
    {
        get
        {
            lock (_accounts.Gate)
            {
                return _accounts.Configured.Any(account => account.IsUp);
            }
        }
    }

    /// <summary>The number of contexts that hold a slot, over all upstreams.</summary>
    public int SlotsTaken => _accounts.SlotsTaken;

    /// <summary>The number of contexts that wait for a slot.</summary>
    public int Waiting
    {
        get
        {
            lock (_accounts.Gate)
            {
                return _slots.Waiting;
            }
        }
    }

    /// <summary>Reports the state of each upstream, the best first.</summary>
    public IReadOnlyList<UpstreamHealth> Report() => _accounts.Report();

    /// <summary>Reports the leases of each upstream with a limit.</summary>
    public IReadOnlyList<LeaseCount> ReportLeases() => _accounts.ReportLeases();

    /// <summary>Receives what came of the requests of contexts.</summary>
    internal RequestOutcomes Outcomes { get; }

    /// <summary>
    /// Asks for a slot for one context; dials when there is none. There is one at once, or later, or the refusal comes: at the deadline of the best
    /// upstream, or as soon as it is clear that nothing will come of waiting.
    /// </summary>
    internal SlotTicket Ask(SlotRequest request)
    {
        var ticket = new SlotTicket(request, [.. request.Upstreams.Select(name => _accounts[name])]);
        lock (_accounts.Gate)
        {
            _slots.Add(ticket);
            if (!ticket.Granted.IsCompleted)
            {
                _tick.Change(BusyTick, Timeout.InfiniteTimeSpan);
            }
        }

        return ticket;
    }

    /// <summary>Withdraws a request for a slot, and returns the slot that may have been granted meanwhile.</summary>
    internal void Leave(SlotTicket ticket)
    {
        lock (_accounts.Gate)
        {
            _slots.Withdraw(ticket);
        }
    }

    /// <summary>Closes the sockets to an upstream that carry nothing.</summary>
    public Task CloseIdleAsync(string upstream) => _sockets.CloseIdleAsync(upstream);

    /// <summary>An upstream context has come to its end.</summary>
    internal void OnSlotFree(ConnectionKey key, string tenant)
    {
        lock (_accounts.Gate)
        {
            _slots.Free(key, tenant);
        }
    }

    /// <summary>A socket of this silo was dialled.</summary>
    internal void OnConnected(UpstreamConnection connection)
    {
        lock (_accounts.Gate)
        {
            _sockets.Add(connection);
        }
    }

    /// <summary>A socket has come to its end, and its slots with it.</summary>
    internal void OnClosed(ConnectionKey key)
    {
        lock (_accounts.Gate)
        {
            _sockets.Remove(key);
            _slots.Remove(key);
            _tick.Change(BusyTick, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Gets the condition for sending anything to an upstream: that the leases of this silo are in their term.</summary>
    internal Func<bool> TermOf(string upstream) => _accounts[upstream].Leases is { } leases ? () => leases.IsInTerm : static () => true;

    /// <summary>True if an upstream works, though it may be full.</summary>
    internal bool IsUp(string upstream)
    {
        lock (_accounts.Gate)
        {
            return _accounts[upstream].IsUp;
        }
    }

    public override void Dispose()
    {
        _leases.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        OnTick();
        _leases.Start();
        await Task.Delay(Timeout.InfiniteTimeSpan, _time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _accounts.IsStopping = true;
        await _tick.DisposeAsync();
    }

    private void OnTick()
    {
        _sockets.Check();
        lock (_accounts.Gate)
        {
            ServeAndRefuse();
            var isBusy = _slots.Waiting > 0 || _accounts.Configured.Any(account => account.Sockets.Count == 0);
            _tick.Change(isBusy ? BusyTick : IdleTick, Timeout.InfiniteTimeSpan);
        }
    }

    private void ServeAndRefuse()
    {
        _slots.Serve();
        _slots.Refuse();
    }
}
