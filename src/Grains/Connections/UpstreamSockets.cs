using TtsGrains.Grains.Interfaces.Connections;

namespace TtsGrains.Grains.Connections;

/// <summary>
/// The sockets of one silo to one upstream and how many contexts each carries. Contexts are packed on the fullest socket that has room, so
/// few sockets carry them and the others fall idle. Thread-safe.
/// </summary>
internal sealed class UpstreamSockets(string upstream, string silo, UpstreamOptions options, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly List<Socket> _open = [];
    private Task? _dialling;
    private int _lastNumber;

    /// <summary>How many sockets are open.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _open.Count;
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

    /// <summary>Whether so few slots are left that another socket should be dialled: less than a quarter of one socket's.</summary>
    public bool IsRunningOut
    {
        get
        {
            lock (_gate)
            {
                return (_open.Count * options.MaxContextsPerSocket) - _open.Sum(socket => socket.Taken) < (options.MaxContextsPerSocket + 3) / 4;
            }
        }
    }

    /// <summary>Takes a slot on the fullest socket that has one.</summary>
    public bool TryTakeSlot(out ConnectionKey key)
    {
        lock (_gate)
        {
            var best = _open.Where(socket => socket.Taken < options.MaxContextsPerSocket).MaxBy(socket => socket.Taken);
            key = best?.Key ?? default;
            if (best is null)
            {
                return false;
            }

            best.Taken++;
            return true;
        }
    }

    /// <summary>Gives a slot back. Harmless when the socket is gone.</summary>
    public void FreeSlot(ConnectionKey key)
    {
        lock (_gate)
        {
            if (_open.Find(socket => socket.Key == key) is { Taken: > 0 } socket)
            {
                socket.Taken--;
                socket.IdleSince = time.GetTimestamp();
            }
        }
    }

    /// <summary>Opens one more socket; all who ask while it is being dialled wait for the same one.</summary>
    /// <exception cref="UpstreamUnavailableException">It could not be opened.</exception>
    public Task DialAsync(Func<ConnectionKey, Task> dial)
    {
        lock (_gate)
        {
            return _dialling ??= DialOnceAsync(new ConnectionKey(upstream, silo, ++_lastNumber), dial);
        }
    }

    public void Remove(ConnectionKey key)
    {
        lock (_gate)
        {
            _open.RemoveAll(socket => socket.Key == key);
        }
    }

    /// <summary>A socket that has carried nothing for the time after which it is replaced; null when there is none.</summary>
    public ConnectionKey? FindIdle()
    {
        lock (_gate)
        {
            return _open.Find(socket => socket.Taken == 0 && time.GetElapsedTime(socket.IdleSince) >= options.IdleRecycle)?.Key;
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

    private async Task DialOnceAsync(ConnectionKey key, Func<ConnectionKey, Task> dial)
    {
        // Leaves the caller's lock before anything else happens.
        await Task.Yield();
        try
        {
            await dial(key);
            lock (_gate)
            {
                _open.Add(new Socket(key) { IdleSince = time.GetTimestamp() });
            }
        }
        finally
        {
            lock (_gate)
            {
                _dialling = null;
            }
        }
    }

    private sealed class Socket(ConnectionKey key)
    {
        public ConnectionKey Key { get; } = key;

        public int Taken { get; set; }

        public long IdleSince { get; set; }
    }
}
