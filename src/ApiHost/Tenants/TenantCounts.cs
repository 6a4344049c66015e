namespace TtsGrains.ApiHost.Tenants;

/// <summary>Counts something that each tenant has open on this host.</summary>
internal abstract class TenantCounts
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

    /// <summary>Counts one more, unless there are that many already.</summary>
    public bool TryEnter(string tenant, int limit)
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
internal sealed class SocketCounts : TenantCounts;

/// <summary>Counts listeners.</summary>
internal sealed class ListenerCounts : TenantCounts
{
    /// <summary>Counts a listener until its request ends.</summary>
    /// <returns>False if the tenant has that many already.</returns>
    public bool TryEnter(HttpContext http, string tenant, int limit)
    {
        if (!TryEnter(tenant, limit))
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
