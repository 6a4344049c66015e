using System.Collections.Concurrent;

namespace Orleans.Runtime;

/// <summary>The observers that one activation has given to its subscriptions, by handle id.</summary>
internal sealed class StreamConsumers
{
    private readonly ConcurrentDictionary<Guid, object> _observers = new();

    public void Set(Guid handleId, object observer) => _observers[handleId] = observer;

    public void Remove(Guid handleId) => _observers.TryRemove(handleId, out _);

    public object? Find(Guid handleId) => _observers.GetValueOrDefault(handleId);
}
