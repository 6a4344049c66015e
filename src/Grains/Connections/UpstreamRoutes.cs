using System.Collections.Concurrent;
using System.Text;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.Grains.Connections;

/// <summary>
/// Which upstream context of one socket belongs to whom. Ids are minted once and never used again, so a frame of an attempt that was
/// given up finds no route and is dropped: stale audio cannot leak.
/// </summary>
internal sealed class UpstreamRoutes
{
    private const int LongestId = 128;

    private readonly ConcurrentDictionary<string, Entry> _routes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Entry>.AlternateLookup<ReadOnlySpan<char>> _byCharacters;

    private readonly DrainingRoute _draining;
    private readonly Action<string> _onFreed;

    /// <param name="onStale">Called for each frame of a cancelled context.</param>
    /// <param name="onFreed">Called with its tenant when a context has ended, so that its slot is free, but not when the socket is gone.</param>
    public UpstreamRoutes(Action onStale, Action<string> onFreed)
    {
        _onFreed = onFreed;
        _byCharacters = _routes.GetAlternateLookup<ReadOnlySpan<char>>();
        _draining = new DrainingRoute(onStale);
    }

    /// <summary>How many upstream contexts have a slot on the socket.</summary>
    public int Count => _routes.Count;

    public void Add(string upstreamContextId, IUpstreamRoute route, string tenant)
    {
        if (!_routes.TryAdd(upstreamContextId, new Entry(route, tenant)))
        {
            throw new InvalidOperationException($"Upstream context '{upstreamContextId}' is already routed.");
        }
    }

    public bool Contains(string upstreamContextId) => _routes.TryGetValue(upstreamContextId, out var entry) && entry.Route is not DrainingRoute;

    /// <summary>Keeps the slot of a cancelled context, but drops what still comes.</summary>
    /// <returns>Whether there was one to drain.</returns>
    public bool Drain(string upstreamContextId)
        => _routes.TryGetValue(upstreamContextId, out var entry) && _routes.TryUpdate(upstreamContextId, new Entry(_draining, entry.Tenant), entry);

    /// <summary>Ends a context whose slot is free then.</summary>
    public void End(string upstreamContextId)
    {
        if (_routes.TryRemove(upstreamContextId, out var entry))
        {
            _onFreed(entry.Tenant);
        }
    }

    /// <summary>Forgets a context that was not sent.</summary>
    public void Remove(string upstreamContextId) => _routes.TryRemove(upstreamContextId, out _);

    /// <summary>Leads a frame where it belongs.</summary>
    public RouteResult Deliver(in ServerFrame frame)
    {
        Span<char> id = stackalloc char[LongestId];
        if (frame.ContextId.Length is 0 or > LongestId || !Encoding.UTF8.TryGetChars(frame.ContextId, id, out var length))
        {
            return RouteResult.NoRoute;
        }

        id = id[..length];
        if (!_byCharacters.TryGetValue(id, out var entry))
        {
            return RouteResult.NoRoute;
        }

        var isLast = frame.IsLast && entry.Route.EndsWith(frame);
        if (isLast && !_byCharacters.TryRemove(id, out entry))
        {
            // Given up in this moment by somebody else, who has freed its slot.
            return RouteResult.NoRoute;
        }

        entry.Route.OnFrame(frame);
        if (!isLast)
        {
            return RouteResult.Delivered;
        }

        _onFreed(entry.Tenant);
        return RouteResult.Ended;
    }

    /// <summary>Lets each of them see whether it has waited for audio for too long.</summary>
    public void CheckSilence()
    {
        foreach (var (id, entry) in _routes)
        {
            if (entry.Route.CheckSilence() && _routes.TryRemove(new KeyValuePair<string, Entry>(id, entry)))
            {
                _onFreed(entry.Tenant);
            }
        }
    }

    /// <summary>The socket is gone: tells everyone and forgets them.</summary>
    /// <returns>How many there were.</returns>
    public int Lose()
    {
        var lost = 0;
        foreach (var (id, _) in _routes)
        {
            if (_routes.TryRemove(id, out var entry))
            {
                lost++;
                entry.Route.OnLost();
            }
        }

        return lost;
    }

    // Compared by reference: an entry is replaced when its context is cancelled.
    private sealed class Entry(IUpstreamRoute route, string tenant)
    {
        public IUpstreamRoute Route => route;

        public string Tenant => tenant;
    }

    private sealed class DrainingRoute(Action onStale) : IUpstreamRoute
    {
        // The end of a cancelled context is no stale audio.
        public void OnFrame(in ServerFrame frame)
        {
            if (!frame.IsLast)
            {
                onStale();
            }
        }

        public bool EndsWith(in ServerFrame frame) => true;

        public bool CheckSilence() => false;

        public void OnLost()
        {
        }
    }
}

/// <summary>What became of a frame. Zero is never a valid value.</summary>
internal enum RouteResult : byte
{
    None = 0,
    Delivered = 1,

    /// <summary>Delivered, and it was the context's last: its slot is free.</summary>
    Ended = 2,
    NoRoute = 3,
}
