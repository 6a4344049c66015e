using System.Collections.Concurrent;

namespace TtsGrains.PushStreams.Queues;

/// <summary>
/// The queues that live in this process, by grain key: who is here too, publishers and the receiver, uses them directly instead of through the grain.
/// </summary>
internal sealed class LocalPushQueues
{
    private readonly ConcurrentDictionary<string, PushQueue> _queues = new(StringComparer.Ordinal);
    private volatile bool _isLeaving;

    /// <summary>How many queues live here.</summary>
    public int Count => _queues.Count;

    /// <summary>Their keys.</summary>
    public IReadOnlyCollection<string> Keys => [.. _queues.Keys];

    /// <summary>True if this silo is stopping: queues here get no more calls.</summary>
    public bool IsLeaving => _isLeaving;

    /// <summary>The silo begins to stop.</summary>
    public void Leave() => _isLeaving = true;

    /// <summary>The queue; null when it does not live here.</summary>
    public PushQueue? Find(string key) => _queues.GetValueOrDefault(key);

    public void Add(string key, PushQueue queue) => _queues[key] = queue;

    public void Remove(string key, PushQueue queue) => _queues.TryRemove(KeyValuePair.Create(key, queue));
}
