using TtsGrains.Grains.Interfaces.Tenants;

namespace TtsGrains.ApiHost.Tenants;

/// <summary>Counts something that each tenant has open on this host, within this host's share of the limit.</summary>
internal abstract class TenantCounts(TenantShares shares, ShareKind kind)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _open = new(StringComparer.Ordinal);

    /// <summary>Gets the tenants that have something open.</summary>
    public IReadOnlyCollection<string> Tenants
    {
        get
        {
            lock (_gate)
            {
                return [.. _open.Keys];
            }
        }
    }

    /// <summary>Counts one more, unless there are that many already, here or on all hosts.</summary>
    public async ValueTask<bool> TryEnterAsync(string tenant, int limit)
    {
        if (!TryCount(tenant, limit))
        {
            return false;
        }

        if (!shares.IsShared || await shares.TryEnterAsync(tenant, kind, limit))
        {
            return true;
        }

        Uncount(tenant);
        return false;
    }

    private bool TryCount(string tenant, int limit)
    {
        lock (_gate)
        {
            var open = _open.GetValueOrDefault(tenant);
            if (open >= limit)
            {
                return false;
            }

            _open[tenant] = open + 1;
            return true;
        }
    }

    /// <summary>Gets the number of a tenant.</summary>
    public int Of(string tenant)
    {
        lock (_gate)
        {
            return _open.GetValueOrDefault(tenant);
        }
    }

    /// <summary>Counts one less.</summary>
    public void Leave(string tenant)
    {
        Uncount(tenant);
        if (shares.IsShared)
        {
            shares.Leave(tenant, kind);
        }
    }

    private void Uncount(string tenant)
    {
        lock (_gate)
        {
            if (--_open[tenant] == 0)
            {
                _open.Remove(tenant);
            }
        }
    }
}

/// <summary>Counts client sockets.</summary>
internal sealed class SocketCounts(TenantShares shares) : TenantCounts(shares, ShareKind.Sockets);

/// <summary>Counts listeners.</summary>
internal sealed class ListenerCounts(TenantShares shares) : TenantCounts(shares, ShareKind.Listeners)
{
    /// <summary>Counts a listener until its request ends.</summary>
    /// <returns>False if the tenant has that many already.</returns>
    public async ValueTask<bool> TryEnterAsync(HttpContext http, string tenant, int limit)
    {
        if (!await TryEnterAsync(tenant, limit))
        {
            return false;
        }

        http.Response.RegisterForDispose(new Entry(this, tenant));
        return true;
    }

    private sealed class Entry(ListenerCounts counts, string tenant) : IDisposable
    {
        public void Dispose() => counts.Leave(tenant);
    }
}
