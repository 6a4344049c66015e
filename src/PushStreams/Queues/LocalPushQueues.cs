using System.Collections.Concurrent;

namespace TtsGrains.PushStreams.Queues;

/// <summary>
/// The queues that live in this process, by grain key: who is here too, publishers and the receiver, uses them directly instead of through the grain.
/// </summary>
internal sealed class LocalPushQueues
{
    private readonly ConcurrentDictionary<string, PushQueue> _queues = new(StringComparer.Ordinal);

    /// <summary>How many queues live here.</summary>
    public int Count => _queues.Count;

    /// <summary>The queue; null when it does not live here.</summary>
    public PushQueue? Find(string key) => _queues.GetValueOrDefault(key);

    public void Add(string key, PushQueue queue) => _queues[key] = queue;

    public void Remove(string key, PushQueue queue) => _queues.TryRemove(KeyValuePair.Create(key, queue));
}
