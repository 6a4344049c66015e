using TtsGrains.Grains.Interfaces.Tenants;

namespace TtsGrains.Grains.Tenants;

/// <summary>
/// The contexts that one tenant has open, each by a lease that must be renewed. Exact while every context is noted here. Thread-safe.
/// </summary>
internal sealed class TenantBook(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, DateTimeOffset> _open = new(StringComparer.Ordinal);
    private DateTimeOffset _nextExpiry;

    /// <summary>True if no context is open.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_gate)
            {
                return _open.Count == 0;
            }
        }
    }

    /// <summary>Admits a context if there is room. Repeated calls for the same context have no effect.</summary>
    public bool TryAdmit(string contextKey, int limit)
    {
        lock (_gate)
        {
            if (!_open.ContainsKey(contextKey) && _open.Count >= limit)
            {
                Expire();
                if (_open.Count >= limit)
                {
                    return false;
                }
            }

            _open[contextKey] = time.GetUtcNow() + TenantLease.Length;
            return true;
        }
    }

    /// <summary>Notes that contexts are open, whatever the limit.</summary>
    public void Renew(IEnumerable<string> contextKeys)
    {
        lock (_gate)
        {
            var until = time.GetUtcNow() + TenantLease.Length;
            foreach (var contextKey in contextKeys)
            {
                _open[contextKey] = until;
            }
        }
    }

    /// <summary>Gives the room of a context back. Repeated calls have no effect.</summary>
    public void Release(string contextKey)
    {
        lock (_gate)
        {
            _open.Remove(contextKey);
        }
    }

    /// <summary>Gets the number of open contexts.</summary>
    public int Count()
    {
        lock (_gate)
        {
            Expire();
            return _open.Count;
        }
    }

    private void Expire()
    {
        var now = time.GetUtcNow();
        if (now < _nextExpiry)
        {
            return;
        }

        foreach (var (contextKey, _) in _open.Where(lease => lease.Value <= now).ToArray())
        {
            _open.Remove(contextKey);
        }

        // At its limit a tenant is refused without a pass over all its contexts each time.
        _nextExpiry = _open.Count == 0 ? now : _open.Values.Min();
    }
}
