using System.Collections.Concurrent;
using Orleans.Serialization;
using Orleans.Streams;
using TtsGrains.PushStreams.Messages;
using TtsGrains.PushStreams.Queues;
using TtsGrains.PushStreams.Receiving;

namespace TtsGrains.PushStreams;

/// <summary>One provider's publishing side, and the maker of its agents' receivers and caches.</summary>
internal sealed class PushStreamAdapter(ProviderParts parts, IStreamQueueMapper mapper, IGrainFactory grains, Serializer serializer, DeepCopier copier)
    : IQueueAdapter, IQueueAdapterCache
{
    // For the way to a queue and back, beside the time that it may wait for room there.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<QueueId, (string Key, IPushQueueGrain Grain)> _queues = new();
    private readonly ConcurrentDictionary<QueueId, PushQueueCache> _caches = new();

    public string Name => parts.Name;

    // What has left the queues is gone: there is nothing to rewind to.
    public bool IsRewindable => false;

    public StreamProviderDirection Direction => StreamProviderDirection.ReadWrite;

    public async Task QueueMessageBatchAsync<T>(
        StreamId streamId, IEnumerable<T> events, StreamSequenceToken? token, Dictionary<string, object>? requestContext)
    {
        if (token is not null)
        {
            throw new ArgumentException("Push streams number their events themselves: publish without a token.", nameof(token));
        }

        var items = events as T[] ?? [.. events];
        if (items.Length == 0)
        {
            return;
        }

        var (key, grain) = Queue(mapper.GetQueueForStream(streamId));
        var begun = parts.Time.GetTimestamp();
        var patience = parts.Options.PublishTimeout;
        PushMessage? live = null, packed = null;
        while (true)
        {
            var result = parts.Local.Find(key) is { } queue
                ? await queue.EnqueueAsync(live ??= PushMessage.Live(streamId, copier.Copy(items)!, requestContext), patience)
                : await EnqueueElsewhereAsync(key, grain, packed ??= PushMessage.Packed(streamId, items, requestContext, serializer), patience);
            if (result == Enqueued.Accepted)
            {
                parts.Instruments.OnPublished(parts.Name);
                return;
            }

            patience = parts.Options.PublishTimeout - parts.Time.GetElapsedTime(begun);
            if (result != Enqueued.Moved || patience <= TimeSpan.Zero)
            {
                parts.Instruments.OnRefused(parts.Name);
                throw Full(key, result);
            }
        }
    }

    public IQueueCache CreateQueueCache(QueueId queueId) => _caches[queueId] = new PushQueueCache(parts);

    public IQueueAdapterReceiver CreateReceiver(QueueId queueId)
    {
        // The agent asks for its cache first.
        var (key, grain) = Queue(queueId);
        return new PushQueueReceiver(parts, key, grain, _caches[queueId]);
    }

    private (string Key, IPushQueueGrain Grain) Queue(QueueId queueId) => _queues.GetOrAdd(queueId, id =>
    {
        var key = QueueKey.Of(parts.Name, id, parts.Options.QueueCount).ToString();
        return (key, grains.GetGrain<IPushQueueGrain>(key));
    });

    // A lost silo does not answer, and the cluster may not know for a while: publishers must not wait for the response timeout.
    private async ValueTask<Enqueued> EnqueueElsewhereAsync(string key, IPushQueueGrain grain, PushMessage message, TimeSpan patience)
    {
        try
        {
            return await grain.EnqueueAsync(message, patience).WaitAsync(patience + Grace, parts.Time);
        }
        catch (TimeoutException e)
        {
            parts.Instruments.OnRefused(parts.Name);
            throw new TimeoutException(
                $"The push stream queue '{key}' did not answer within {(patience + Grace).TotalSeconds:0.###} s. Whether the message will be delivered is not known.", e);
        }
    }

    private PushQueueFullException Full(string key, Enqueued result)
    {
        var why = result == Enqueued.Unattended
            ? $"No silo takes from it: {nameof(PushStreamOptions.QueueCount)} must be the same on all silos and clients, and here it is {parts.Options.QueueCount}."
            : "Its consumers are slower than its publishers.";
        return new PushQueueFullException(
            $"The push stream queue '{key}' was full for {parts.Options.PublishTimeout.TotalSeconds:0.###} s; the message was not published. {why}");
    }
}
