using TtsGrains.Grains.Interfaces.Connections;
using TtsGrains.Grains.Upstreams;

namespace TtsGrains.Grains.Connections;

/// <summary>
/// Assigns slots to contexts: the best upstream that can take a context does. Waiting contexts are served by the weights of their tenants. Used under the
/// pool's lock.
/// </summary>
internal sealed class SlotAllocator(UpstreamAccounts accounts, SocketMaintenance sockets, LeaseReporter leases, Func<string, int> weightOf, TimeProvider time)
{
    // How long a context waits for the best upstream to be dialled, before it takes the next best.
    private static readonly TimeSpan DialTimeout = TimeSpan.FromSeconds(0.5);

    private readonly FairQueue<SlotTicket> _waiting = new(weightOf);

    /// <summary>The number of contexts that wait for a slot.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>Adds a request behind those that wait, and grants it if a slot is free.</summary>
    public void Add(SlotTicket ticket)
    {
        _waiting.Add(ticket.Tenant, ticket.Priority, ticket);
        Serve();
    }

    /// <summary>Withdraws a request, and returns the slot that may have been granted meanwhile.</summary>
    public void Withdraw(SlotTicket ticket)
    {
        if (_waiting.Remove(ticket))
        {
            ticket.DropLeases();
            ticket.Cancel();
            leases.Publish();
        }
        else if (ticket.Granted is { IsCompletedSuccessfully: true, Result: { Refusal: SlotRefusal.None } grant })
        {
            Free(grant.Connection!.Key, ticket.Tenant);
        }
    }

    /// <summary>Returns a slot.</summary>
    public void Free(ConnectionKey key, string tenant)
    {
        var account = accounts[key.Upstream];
        var before = account.Sockets.SlotsTaken;
        account.Sockets.FreeSlot(key, tenant);
        account.RecordFreed(before);
        Serve();
    }

    /// <summary>Removes a socket that has ended, with its slots.</summary>
    public void Remove(ConnectionKey key)
    {
        var account = accounts[key.Upstream];
        var before = account.Sockets.SlotsTaken;
        account.Sockets.Remove(key);
        account.RecordFreed(before);
        Serve();
    }

    /// <summary>Grants what can be granted now.</summary>
    public void Serve()
    {
        while (_waiting.Count > 0 && _waiting.TryTake(TryGrant, out _))
        {
        }

        leases.Publish();
    }

    /// <summary>Refuses requests whose time is up, and those that can only fail.</summary>
    public void Refuse()
    {
        var now = time.GetUtcNow();
        foreach (var ticket in _waiting.All.ToList())
        {
            ticket.WorksSince = ticket.Accounts.Any(account => account.IsUp) ? ticket.WorksSince ?? time.GetTimestamp() : null;
            var left = ticket.Remaining(time);
            var isHopeless = ticket.Accounts.All(account => account is { IsUp: false, IsDialling: false } && account.Breaker.NextTrial - now > left);
            if (left <= TimeSpan.Zero || isHopeless)
            {
                _waiting.Remove(ticket);
                ticket.DropLeases();
                ticket.Decide(new SlotGrant(ticket.Accounts.Any(account => account.IsUp) ? SlotRefusal.Limited : SlotRefusal.Unavailable, Connection: null));
            }
        }

        leases.Publish();
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
            if (isIsolated && !account.Sockets.HasSpareSocket && WaitsForDial(ticket, account))
            {
                return false;
            }

            if (account.Sockets.TryTakeSlot(ticket.Tenant, isIsolated, out var key))
            {
                Grant(ticket, account, key);
                return true;
            }

            if (!account.Sockets.IsFull && WaitsForDial(ticket, account))
            {
                return false;
            }
        }

        return false;
    }

    private void Grant(SlotTicket ticket, UpstreamAccount account, ConnectionKey key)
    {
        account.Breaker.OnAdmitted(ticket.Request.Fingerprint);
        account.Leases?.Use(ticket);
        ticket.DropLeases();
        if (account.Sockets.IsRunningOut)
        {
            sockets.Dial(account);
        }

        ticket.Decide(new SlotGrant(SlotRefusal.None, sockets[key]));
    }

    // Dials another socket. True while the context waits for it.
    private bool WaitsForDial(SlotTicket ticket, UpstreamAccount account)
    {
        sockets.Dial(account);
        return account.IsDialling && time.GetElapsedTime(ticket.Request.Since) < DialTimeout;
    }

    // Whether a context may take a slot; asks for the lease in the meantime.
    private LeaseState LeaseOf(SlotTicket ticket, UpstreamAccount account)
    {
        if (account.Leases is not { } leasesOfUpstream)
        {
            return LeaseState.Granted;
        }

        // A grain that does not answer counts as one that has no lease, after a while: another upstream may take the context.
        var request = leasesOfUpstream.Request(ticket);
        var state = leasesOfUpstream.StateOf(request);
        return state == LeaseState.Asked && time.GetElapsedTime(request.Since) >= DialTimeout ? LeaseState.InLine : state;
    }
}
