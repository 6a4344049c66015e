using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TtsGrains.Grains.Diagnostics;
using TtsGrains.Grains.Interfaces.Connections;
using TtsGrains.Grains.Interfaces.Upstreams;
using TtsGrains.Grains.Upstreams;

namespace TtsGrains.Grains.Connections;

/// <summary>
/// This silo's sockets to its upstreams, and who gets a place on them: the best upstream that can take a context does, and those who must wait
/// are served in turns between tenants. Each upstream has a socket warm before the first context, the next is dialled before the last place is
/// taken, and idle ones are replaced before the provider would close them.
/// </summary>
public sealed partial class UpstreamPool : BackgroundService
{
    // How long a context waits for the best upstream to be dialled, before it takes the next best.
    private static readonly TimeSpan DialPatience = TimeSpan.FromSeconds(0.5);

    private static readonly TimeSpan BusyTick = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan IdleTick = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, UpstreamAccount> _accounts = new(StringComparer.Ordinal);
    private readonly Dictionary<ConnectionKey, UpstreamConnection> _connections = [];
    private readonly UpstreamAccount[] _configured;
    private readonly UpstreamAccount[] _limited;
    private readonly Func<string, UpstreamAccount> _create;
    private readonly FairQueue<SlotTicket> _waiting = new();
    private readonly IGrainFactory _grains;
    private readonly ISiloRoster _silos;
    private readonly TimeProvider _time;
    private readonly ILogger<UpstreamPool> _logger;
    private readonly ITimer _tick;
    private readonly ITimer _renewal;
    private readonly Lazy<LeaseHolder> _holder;
    private volatile bool _isStopping;

    public UpstreamPool(
        UpstreamCatalogue catalogue,
        IGrainFactory grains,
        ILocalSiloDetails silo,
        ISiloRoster silos,
        IOptionsMonitor<UpstreamOptions> upstreams,
        TtsInstruments instruments,
        TimeProvider time,
        ILogger<UpstreamPool> logger)
    {
        (_grains, _silos, _time, _logger) = (grains, silos, time, logger);

        // With its generation: a silo that comes back counts its sockets from 1 again, and those of its former life may still be in the directory.
        var address = silo.SiloAddress.ToString();
        _create = name => upstreams.Get(name) is var options && options.MaxContexts == 0
            ? new UpstreamAccount(name, address, options, time, Random.Shared.NextDouble)
            : new UpstreamAccount(name, address, options, time, Random.Shared.NextDouble) { Leases = new LeaseWishes(address, time) };
        _configured = [.. catalogue.Names.Select(Account)];
        _limited = [.. _configured.Where(account => account.Leases is not null)];
        _holder = new(() => new LeaseHolder(this, grains));
        _tick = time.CreateTimer(_ => OnTick(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _renewal = time.CreateTimer(_ => OnRenewal(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        instruments.WatchUpstreams(Report, () => Waiting);
    }

    /// <summary>Whether some upstream can be spoken to right now.</summary>
    public bool IsReady
    {
        get
        {
            lock (_gate)
            {
                return _configured.Any(account => account.IsUp);
            }
        }
    }

    /// <summary>How many contexts hold a slot, over all upstreams.</summary>
    public int SlotsTaken => _accounts.Values.Sum(account => account.Sockets.SlotsTaken);

    /// <summary>How many contexts wait for one.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>How each upstream is doing, the best first.</summary>
    public IReadOnlyList<UpstreamHealth> Report()
    {
        lock (_gate)
        {
            return
            [
                .. _configured.Select(account => new UpstreamHealth(
                    account.Name, account.Breaker.State, account.Sockets.Count, account.Sockets.SlotsTaken, UpstreamFault.Explain(account.Name, account.Breaker.LastFailure))),
            ];
        }
    }

    /// <summary>
    /// Asks for a slot for one context; dials when there is none. There is one at once, or later, or the refusal comes: at the deadline of the best
    /// upstream, or as soon as it is clear that nothing will come of waiting.
    /// </summary>
    internal SlotTicket Ask(SlotRequest request)
    {
        var ticket = new SlotTicket(request, [.. request.Upstreams.Select(name => Account(name))]);
        lock (_gate)
        {
            // Who comes now must not overtake those who wait.
            _waiting.Add(request.Tenant, ticket);
            Serve();
            if (!ticket.Granted.IsCompleted)
            {
                _tick.Change(BusyTick, Timeout.InfiniteTimeSpan);
            }
        }

        return ticket;
    }

    /// <summary>Nobody needs the slot any more that was asked for, nor the one that may have been given in the meantime.</summary>
    internal void Leave(SlotTicket ticket)
    {
        lock (_gate)
        {
            if (_waiting.Remove(ticket))
            {
                ticket.DropLeases();
                ticket.Cancel();
                TellNews();
            }
            else if (ticket.Granted is { IsCompletedSuccessfully: true, Result: { Refusal: SlotRefusal.None } grant })
            {
                Free(grant.Connection!.Key);
            }
        }
    }

    /// <summary>Closes the sockets to an upstream that carry nothing.</summary>
    public async Task CloseIdleAsync(string upstream)
    {
        while (Account(upstream).Sockets.TryRetireAny() is { } idle)
        {
            await Connection(idle).RetireAsync();
        }
    }

    /// <summary>An upstream context has come to its end.</summary>
    internal void OnSlotFree(ConnectionKey key)
    {
        lock (_gate)
        {
            Free(key);
        }
    }

    /// <summary>A socket of this silo was dialled.</summary>
    internal void OnConnected(UpstreamConnection connection)
    {
        lock (_gate)
        {
            _connections[connection.Key] = connection;
        }
    }

    /// <summary>A socket has come to its end, and its slots with it.</summary>
    internal void OnClosed(ConnectionKey key)
    {
        var account = Account(key.Upstream);
        lock (_gate)
        {
            _connections.Remove(key);
            var before = account.Sockets.SlotsTaken;
            account.Sockets.Remove(key);
            account.NoteFreed(before);
            Serve();
            _tick.Change(BusyTick, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>True if an upstream works, though it may be full.</summary>
    internal bool IsUp(string upstream)
    {
        lock (_gate)
        {
            return Account(upstream).IsUp;
        }
    }

    /// <summary>A request has got its first audio.</summary>
    internal void OnSpoken(ConnectionKey key, in RequestFingerprint request)
    {
        var account = Account(key.Upstream);
        account.Sockets.NoteSpoken(key);
        lock (_gate)
        {
            if (account.Breaker.State != BreakerState.Closed)
            {
                LogWorksAgain(_logger, account.Name);
            }

            account.NoteSpoken(request);
        }
    }

    /// <summary>A request got no audio out of a socket in time. Unless the socket has served others meanwhile, it gets no new contexts and is replaced.</summary>
    internal void OnSilent(ConnectionKey key, in RequestFingerprint request)
    {
        lock (_gate)
        {
            var account = Account(key.Upstream);
            Fail(account, request);
            if (!account.Sockets.HasSpokenWithin(key, account.Options.FirstAudioTimeout))
            {
                account.Sockets.Suspect(key);
                Dial(account);
            }
        }
    }

    /// <summary>An upstream answered a request with an error of its own.</summary>
    internal void OnFailed(ConnectionKey key, in RequestFingerprint request)
    {
        lock (_gate)
        {
            Fail(Account(key.Upstream), request);
        }
    }

    /// <summary>The socket of a request was lost before the request got any audio.</summary>
    internal void OnLost(ConnectionKey key, in RequestFingerprint request)
    {
        lock (_gate)
        {
            Fail(Account(key.Upstream), request, key.Number);
        }
    }

    /// <summary>A request ended in a way that says nothing about the upstream's health.</summary>
    internal void OnGivenUp(ConnectionKey key, in RequestFingerprint request)
    {
        lock (_gate)
        {
            Account(key.Upstream).Breaker.OnGivenUp(request);
        }
    }

    /// <summary>An upstream said that it has too many contexts.</summary>
    internal void OnLimited(ConnectionKey key, in RequestFingerprint request)
    {
        lock (_gate)
        {
            var account = Account(key.Upstream);
            account.NoteLimited();
            account.Breaker.OnGivenUp(request);
        }
    }

    /// <summary>True if an upstream has spoken another text since a timestamp of the clock.</summary>
    internal bool HasServedOthers(string upstream, long since, in RequestFingerprint request)
    {
        lock (_gate)
        {
            return Account(upstream).HasServedOthers(since, request.Text);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        OnTick();
        if (_limited.Length > 0)
        {
            _renewal.Change(TimeSpan.Zero, UpstreamLease.Renewal);
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, _time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _isStopping = true;
        await _tick.DisposeAsync();
    }

    // One that is not configured speaks at start for nobody; see UpstreamOptions.WarmUp.
    private UpstreamAccount Account(string upstream) => _accounts.GetOrAdd(upstream, _create);

    private void Fail(UpstreamAccount account, in RequestFingerprint request, int? socket = null)
    {
        var wasOpen = account.Breaker.State == BreakerState.Open;
        account.Breaker.OnFailed(request, socket);
        if (!wasOpen && account.Breaker.State == BreakerState.Open && !_isStopping)
        {
            LogLeftAlone(_logger, account.Name, account.Breaker.NextTrial - _time.GetUtcNow());
        }
    }

    private void Free(ConnectionKey key)
    {
        var account = Account(key.Upstream);
        var before = account.Sockets.SlotsTaken;
        account.Sockets.FreeSlot(key);
        account.NoteFreed(before);
        Serve();
    }

    // Gives everyone who waits what can be had now.
    private void Serve()
    {
        while (_waiting.Count > 0 && _waiting.TryTake(TryGrant, out _))
        {
        }

        TellNews();
    }

    private bool TryGrant(SlotTicket ticket)
    {
        foreach (var account in ticket.Accounts)
        {
            if (!account.Breaker.Admits(ticket.Request.Fingerprint) || account.IsLimited)
            {
                account.Leases?.Drop(ticket);
                continue;
            }

            switch (LeaseOf(ticket, account))
            {
                case LeaseState.Asked:
                    return false;
                case LeaseState.InLine:
                    continue;
            }

            var isIsolated = account.Breaker.Isolates(ticket.Request.Fingerprint);
            if (isIsolated && !account.Sockets.HasSpareSocket)
            {
                Dial(account);
                if (account.IsDialling && _time.GetElapsedTime(ticket.Request.Since) < DialPatience)
                {
                    return false;
                }
            }

            if (account.Sockets.TryTakeSlot(isIsolated, out var key))
            {
                account.Breaker.OnAdmitted(ticket.Request.Fingerprint);
                account.Leases?.Use(ticket);
                ticket.DropLeases();
                if (account.Sockets.IsRunningOut)
                {
                    Dial(account);
                }

                ticket.Decide(new SlotGrant(SlotRefusal.None, _connections[key]));
                return true;
            }

            if (account.Sockets.IsFull)
            {
                continue;
            }

            Dial(account);
            if (account.IsDialling && _time.GetElapsedTime(ticket.Request.Since) < DialPatience)
            {
                return false;
            }
        }

        return false;
    }
}
