using Orleans.Streams;
using TtsGrains.Engine.Tests.Hosting;

namespace TtsGrains.Engine.Tests.Grains;

public interface IListenerGrain : IGrainWithStringKey
{
    /// <summary>Subscribes to the stream of its own key.</summary>
    Task SubscribeAsync();

    Task UnsubscribeAllAsync();

    Task<int> CountHandlesAsync();

    Task HoldAsync(string gate);

    Task DeactivateAsync();
}

/// <summary>Journals what it hears; resumes its subscriptions when it is activated again.</summary>
public sealed class ListenerGrain : Grain, IListenerGrain
{
    private TaskScheduler? _own;

    private Journal Journal => Journal.Of(this.GetPrimaryKeyString());

    private IAsyncStream<int> Stream => this.GetStreamProvider("streams").GetStream<int>(StreamId.Create("listener", this.GetPrimaryKeyString()));

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _own = TaskScheduler.Current;
        foreach (var handle in await Stream.GetAllSubscriptionHandles())
        {
            await handle.ResumeAsync(HearAsync);
        }
    }

    public Task SubscribeAsync() => Stream.SubscribeAsync(HearAsync);

    public async Task UnsubscribeAllAsync()
    {
        foreach (var handle in await Stream.GetAllSubscriptionHandles())
        {
            await handle.UnsubscribeAsync();
        }
    }

    public async Task<int> CountHandlesAsync() => (await Stream.GetAllSubscriptionHandles()).Count;

    public async Task HoldAsync(string gate)
    {
        await Gate.Of(gate).PassAsync();
        Journal.Add("request done");
    }

    public Task DeactivateAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    private async Task HearAsync(int item, StreamSequenceToken? token)
    {
        await Task.Yield();
        Journal.Add(TaskScheduler.Current == _own ? $"heard {item}" : $"heard {item} elsewhere");
    }
}

public interface IPublisherGrain : IGrainWithStringKey
{
    Task PublishAsync(string streamKey, int from, int count);
}

public sealed class PublisherGrain : Grain, IPublisherGrain
{
    public async Task PublishAsync(string streamKey, int from, int count)
    {
        var stream = this.GetStreamProvider("streams").GetStream<int>(StreamId.Create("listener", streamKey));
        for (var i = from; i < from + count; i++)
        {
            await stream.OnNextAsync(i);
        }
    }
}
