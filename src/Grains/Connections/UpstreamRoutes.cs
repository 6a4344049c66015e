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

    private readonly ConcurrentDictionary<string, IUpstreamRoute> _routes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, IUpstreamRoute>.AlternateLookup<ReadOnlySpan<char>> _byCharacters;

    public UpstreamRoutes() => _byCharacters = _routes.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>How many upstream contexts have a slot on the socket.</summary>
    public int Count => _routes.Count;

    public void Add(string upstreamContextId, IUpstreamRoute route)
    {
        if (!_routes.TryAdd(upstreamContextId, route))
        {
            throw new InvalidOperationException($"Upstream context '{upstreamContextId}' is already routed.");
        }
    }

    public bool Contains(string upstreamContextId) => _routes.TryGetValue(upstreamContextId, out var route) && route is not DrainingRoute;

    /// <summary>Keeps the slot of a cancelled context, but drops what still comes.</summary>
    /// <returns>Whether there was one to drain.</returns>
    public bool Drain(string upstreamContextId)
        => _routes.TryGetValue(upstreamContextId, out var route) && _routes.TryUpdate(upstreamContextId, DrainingRoute.Instance, route);

    public bool Remove(string upstreamContextId) => _routes.TryRemove(upstreamContextId, out _);

    /// <summary>Leads a frame where it belongs.</summary>
    public RouteResult Deliver(in ServerFrame frame)
    {
        Span<char> id = stackalloc char[LongestId];
        if (frame.ContextId.Length is 0 or > LongestId || !Encoding.UTF8.TryGetChars(frame.ContextId, id, out var length))
        {
            return RouteResult.NoRoute;
        }

        id = id[..length];
        if (!_byCharacters.TryGetValue(id, out var route))
        {
            return RouteResult.NoRoute;
        }

        var isLast = frame.IsLast && route.EndsWith(frame);
        if (isLast && !_byCharacters.TryRemove(id, out route))
        {
            // Given up in this moment by somebody else, who has freed its slot.
            return RouteResult.NoRoute;
        }

        route.OnFrame(frame);
        return isLast ? RouteResult.Ended : RouteResult.Delivered;
    }

    /// <summary>Lets each of them see whether it has waited for audio for too long.</summary>
    /// <returns>How many have ended, so that their places are free.</returns>
    public int CheckSilence()
    {
        var ended = 0;
        foreach (var (id, route) in _routes)
        {
            if (route.CheckSilence() && _routes.TryRemove(new KeyValuePair<string, IUpstreamRoute>(id, route)))
            {
                ended++;
            }
        }

        return ended;
    }

    /// <summary>The socket is gone: tells everyone and forgets them.</summary>
    /// <returns>How many there were.</returns>
    public int Lose()
    {
        var lost = 0;
        foreach (var (id, _) in _routes)
        {
            if (_routes.TryRemove(id, out var route))
            {
                lost++;
                route.OnLost();
            }
        }

        return lost;
    }

    private sealed class DrainingRoute : IUpstreamRoute
    {
        public static DrainingRoute Instance { get; } = new();

        public void OnFrame(in ServerFrame frame)
        {
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
