using System.Collections.Concurrent;
using Orleans.Streams;

namespace Orleans.Runtime;

/// <summary>Streams in this process. Events go to who is subscribed when they are published; nothing is kept for later.</summary>
internal sealed class MemoryStreamProvider(Silo silo, string name) : IStreamProvider
{
    private readonly Silo _silo = silo;
    private readonly ConcurrentDictionary<StreamId, object> _streams = new();

    public string Name => name;

    public bool IsRewindable => false;

    public IAsyncStream<T> GetStream<T>(StreamId streamId)
        => _streams.GetOrAdd(streamId, static (id, self) => new LocalStream<T>(self._silo, self.Name, id), this) as LocalStream<T>
            ?? throw new ArgumentException($"The stream {streamId} carries other events than {typeof(T)}.", nameof(streamId));
}
