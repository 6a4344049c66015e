using System.Collections.Immutable;
using TtsGrains.Grains.Interfaces.Connections;
using TtsGrains.Grains.Interfaces.Upstreams;
using TtsGrains.Grains.Upstreams;

namespace TtsGrains.Grains.Connections;

/// <summary>
/// The sockets of one silo to one upstream and how many contexts each carries. Contexts are packed on the fullest socket that has room, so
/// few sockets carry them and the others fall idle. Thread-safe.
/// </summary>
internal sealed class UpstreamSockets(string upstream, string silo, UpstreamOptions options, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly List<Socket> _open = [];
    private int _lastNumber;

    /// <summary>How many sockets can be used.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _open.Count(socket => !socket.IsSuspect);
            }
        }
    }

    /// <summary>How many contexts hold a slot.</summary>
    public int SlotsTaken
    {
        get
        {
            lock (_gate)
            {
                return _open.Sum(socket => socket.Taken);
            }
        }
    }

    /// <summary>How many contexts of each tenant hold a slot.</summary>
    public ImmutableArray<HeldLeases> SlotsByTenant
    {
        get
        {
            lock (_gate)
            {
                return [.. from socket in _open from slots in socket.ByTenant group slots.Value by slots.Key into tenant select new HeldLeases(tenant.Key, tenant.Sum())];
            }
        }
    }

    /// <summary>Whether the upstream has as many contexts as it may have.</summary>
    public bool IsFull
    {
        get
        {
            lock (_gate)
            {
                return IsAtMost();
            }
        }
    }

    /// <summary>Whether so few slots are left that another socket should be dialled: less than a quarter of one socket's.</summary>
    public bool IsRunningOut
    {
        get
        {
            lock (_gate)
            {
                var free = _open.Where(socket => socket is { IsSuspect: false, IsIsolated: false }).Sum(socket => options.MaxContextsPerSocket - socket.Taken);
                return free < (options.MaxContextsPerSocket + 3) / 4 && !IsAtMost();
            }
        }
    }

    /// <summary>True if a socket carries nothing, and there is another one for those that come next.</summary>
    public bool HasSpareSocket
    {
        get
        {
            lock (_gate)
            {
                return FindSpare() is not null;
            }
        }
    }

    /// <summary>Takes a slot on the fullest socket that has one.</summary>
    /// <param name="tenant">Whose context it is.</param>
    /// <param name="isIsolated">True for a socket that carries no other context until the slot is given back, if there is a spare one.</param>
    /// <param name="key">The socket.</param>
    public bool TryTakeSlot(string tenant, bool isIsolated, out ConnectionKey key)
    {
        lock (_gate)
        {
            var spare = isIsolated ? FindSpare() : null;
            var best = IsAtMost() ? null
                : spare ?? _open.Where(socket => socket is { IsSuspect: false, IsIsolated: false } && socket.Taken < options.MaxContextsPerSocket).MaxBy(socket => socket.Taken);
            key = best?.Key ?? default;
            if (best is null)
            {
                return false;
            }

            best.Take(tenant);
            best.IsIsolated = spare is not null;
            return true;
        }
    }

    /// <summary>Gives a slot back. Harmless when the socket is gone.</summary>
    public void FreeSlot(ConnectionKey key, string tenant)
    {
        lock (_gate)
        {
            if (Find(key) is { } socket && socket.TryFree(tenant))
            {
                socket.IsIsolated = false;
                socket.IdleSince = time.GetTimestamp();
            }
        }
    }

    /// <summary>The name of the next socket.</summary>
    public ConnectionKey NextKey()
    {
        lock (_gate)
        {
            return new ConnectionKey(upstream, silo, ++_lastNumber);
        }
    }

    /// <summary>A socket was opened.</summary>
    public void Add(ConnectionKey key)
    {
        lock (_gate)
        {
            _open.Add(new Socket(key) { IdleSince = time.GetTimestamp() });
        }
    }

    /// <summary>A socket is gone.</summary>
    public void Remove(ConnectionKey key)
    {
        lock (_gate)
        {
            _open.RemoveAll(socket => socket.Key == key);
        }
    }

    /// <summary>A socket brought audio.</summary>
    public void RecordSpoken(ConnectionKey key)
    {
        lock (_gate)
        {
            if (Find(key) is { } socket)
            {
                socket.SpokenAt = time.GetTimestamp();
            }
        }
    }

    /// <summary>True if a context has got its first audio over the socket within that time.</summary>
    public bool HasSpokenWithin(ConnectionKey key, TimeSpan duration)
    {
        lock (_gate)
        {
            return Find(key) is { SpokenAt: { } at } && time.GetElapsedTime(at) < duration;
        }
    }

    /// <summary>A context on it was left in silence: those that speak there may go on, but no other is put on it.</summary>
    public void Suspect(ConnectionKey key)
    {
        lock (_gate)
        {
            if (Find(key) is { } socket)
            {
                socket.IsSuspect = true;
            }
        }
    }

    /// <summary>Whether no other context is put on it.</summary>
    public bool IsSuspect(ConnectionKey key)
    {
        lock (_gate)
        {
            return Find(key) is { IsSuspect: true };
        }
    }

    /// <summary>A socket without contexts that is to be replaced: it has carried nothing for the time after which that is done, or is suspect; null when there is none.</summary>
    public ConnectionKey? FindIdle()
    {
        lock (_gate)
        {
            return _open.Find(socket => socket.Taken == 0 && (socket.IsSuspect || time.GetElapsedTime(socket.IdleSince) >= options.IdleTimeout))?.Key;
        }
    }

    /// <summary>Takes a socket out of use.</summary>
    /// <returns>False when a context has taken it in the meantime.</returns>
    public bool TryRetire(ConnectionKey key)
    {
        lock (_gate)
        {
            return _open.RemoveAll(socket => socket.Key == key && socket.Taken == 0) > 0;
        }
    }

    /// <summary>Takes a socket that carries nothing out of use; null when there is none.</summary>
    public ConnectionKey? TryRetireAny()
    {
        lock (_gate)
        {
            var idle = _open.Find(socket => socket.Taken == 0);
            return idle is not null && _open.Remove(idle) ? idle.Key : null;
        }
    }

    private Socket? FindSpare()
    {
        var usable = _open.Where(socket => socket is { IsSuspect: false, IsIsolated: false } && socket.Taken < options.MaxContextsPerSocket).ToList();
        return usable.Count > 1 ? usable.Find(socket => socket.Taken == 0) : null;
    }

    private bool IsAtMost() => options.MaxContexts > 0 && _open.Sum(socket => socket.Taken) >= options.MaxContexts;

    private Socket? Find(ConnectionKey key) => _open.Find(socket => socket.Key == key);

    private sealed class Socket(ConnectionKey key)
    {
        public ConnectionKey Key { get; } = key;

        public int Taken { get; private set; }

        public Dictionary<string, int> ByTenant { get; } = new(StringComparer.Ordinal);

        public long IdleSince { get; set; }

        /// <summary>When a context got its first audio over it, a timestamp of the clock; null while none has.</summary>
        public long? SpokenAt { get; set; }

        public bool IsSuspect { get; set; }

        /// <summary>True while one context has it for itself.</summary>
        public bool IsIsolated { get; set; }

        public void Take(string tenant)
        {
            Taken++;
            ByTenant[tenant] = ByTenant.GetValueOrDefault(tenant) + 1;
        }

        public bool TryFree(string tenant)
        {
            if (!ByTenant.TryGetValue(tenant, out var slots))
            {
                return false;
            }

            Taken--;
            if (slots > 1)
            {
                ByTenant[tenant] = slots - 1;
            }
            else
            {
                ByTenant.Remove(tenant);
            }

            return true;
        }
    }
}
