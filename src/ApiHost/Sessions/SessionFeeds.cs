using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>The sessions that somebody listens to by way of this host.</summary>
internal sealed class SessionFeeds(IClusterClient cluster, TimeProvider time, ListenerInstruments instruments, ILogger<SessionFeed> logger)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<SessionKey, SessionFeed> _feeds = [];

    /// <summary>Adds a listener to a session.</summary>
    public async Task<(SessionFeed Feed, SessionView View)> JoinAsync(SessionKey key, SessionListener listener)
    {
        SessionFeed? feed;
        instruments.Joined();
        lock (_gate)
        {
            if (!_feeds.TryGetValue(key, out feed))
            {
                feed = new SessionFeed(key, cluster, time, instruments, logger);
                _feeds.Add(key, feed);
            }

            feed.Users++;
        }

        try
        {
            return (feed, await feed.AddAsync(listener));
        }
        catch
        {
            await LeaveAsync(feed, listener);
            throw;
        }
    }

    /// <summary>Takes a listener out.</summary>
    public Task LeaveAsync(SessionFeed feed, SessionListener listener)
    {
        instruments.Left();
        lock (_gate)
        {
            // Who comes after the last one has left gets a new feed, while this one ends.
            if (--feed.Users == 0)
            {
                _feeds.Remove(feed.Key);
            }
        }

        return feed.RemoveAsync(listener);
    }
}
