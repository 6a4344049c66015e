using Orleans.Streams;
using TtsGrains.Engine.Tests.Grains;
using TtsGrains.Engine.Tests.Hosting;

namespace TtsGrains.Engine.Tests.Contract;

public sealed class StreamTests(SharedHost host)
{
    private readonly string _key = Guid.NewGuid().ToString("N");

    private IListenerGrain Listener => host.Engine.Grain<IListenerGrain>(_key);

    private IPublisherGrain Publisher => host.Engine.Grain<IPublisherGrain>();

    private IAsyncStream<int> Stream => host.Engine.Client.GetStreamProvider("streams").GetStream<int>(StreamId.Create("listener", _key));

    private Journal Journal => Journal.Of(_key);

    [Fact]
    public async Task Events_FromAGrain_ReachASubscribedGrain_InOrder_AsItsOwnTurns()
    {
        await Listener.SubscribeAsync();

        await Publisher.PublishAsync(_key, from: 0, count: 300);

        await Journal.ExpectAsync([.. Enumerable.Range(0, 300).Select(i => $"heard {i}")]);
    }

    [Fact]
    public async Task Event_WhileTheSubscriberIsBusy_WaitsItsTurn()
    {
        await Listener.SubscribeAsync();
        var gate = Gate.New(out var name);
        var busy = Listener.HoldAsync(name);
        await gate.Reached;
        await Publisher.PublishAsync(_key, from: 1, count: 1);
        gate.Open();
        await busy;

        await Journal.ExpectAsync("request done", "heard 1");
    }

    [Fact]
    public async Task Subscription_OfAGrain_OutlivesItsActivation()
    {
        await Listener.SubscribeAsync();
        await Listener.DeactivateAsync();

        await Publisher.PublishAsync(_key, from: 1, count: 2);

        await Journal.ExpectAsync("heard 1", "heard 2");
        Assert.Equal(1, await Listener.CountHandlesAsync());
    }

    [Fact]
    public async Task Subscription_Ended_HearsNothingMore()
    {
        var marker = new Marker();
        await Listener.SubscribeAsync();
        var handle = await Stream.SubscribeAsync(marker.HearAsync);
        await Publisher.PublishAsync(_key, from: 1, count: 1);
        await Journal.ExpectAsync("heard 1");
        await marker.Until(1);

        await Listener.UnsubscribeAllAsync();
        await Publisher.PublishAsync(_key, from: 2, count: 1);
        await marker.Until(2);
        await handle.UnsubscribeAsync();

        Assert.Equal(0, await Listener.CountHandlesAsync());
        Assert.Empty(Journal.Drain());
        Assert.Empty(await Stream.GetAllSubscriptionHandles());
    }

    [Fact]
    public async Task Client_Subscriber_GetsOneAwaitedDeliveryAtATime()
    {
        var marker = new Marker();
        var handle = await Stream.SubscribeAsync(marker.HearAsync);

        for (var i = 0; i <= 100; i++)
        {
            await Stream.OnNextAsync(i);
        }

        await marker.Until(100);
        await handle.UnsubscribeAsync();
        Assert.Equal(Enumerable.Range(0, 101), marker.Heard);
        Assert.Equal(1, marker.Overlap);
    }

    [Fact]
    public async Task Subscribers_OfOneStream_EachHearEveryEvent()
    {
        var first = new Marker();
        var second = new Marker();
        var handles = new[] { await Stream.SubscribeAsync(first.HearAsync), await Stream.SubscribeAsync(second.HearAsync) };

        await Publisher.PublishAsync(_key, from: 0, count: 10);
        await Task.WhenAll(first.Until(9), second.Until(9));
        await Task.WhenAll(handles.Select(handle => handle.UnsubscribeAsync()));

        Assert.Equal(first.Heard, second.Heard);
        Assert.NotEqual(handles[0].HandleId, handles[1].HandleId);
    }

    [Fact]
    public void StreamId_SaysItsNamespaceAndKey()
    {
        var id = StreamId.Create("audio", "tenant/session");

        Assert.Equal("audio", id.GetNamespace());
        Assert.Equal("tenant/session", id.GetKeyAsString());
        Assert.Equal(StreamId.Create("audio", "tenant/session"), id);
        Assert.NotEqual(StreamId.Create("other", "tenant/session"), id);
    }

    private sealed class Marker
    {
        private readonly TaskCompletionSource[] _seen = [.. Enumerable.Range(0, 128).Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))];
        private int _running;

        public List<int> Heard { get; } = [];

        public int Overlap { get; private set; }

        public Task Until(int item) => _seen[item].Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        public async Task HearAsync(int item, StreamSequenceToken? _)
        {
            Overlap = Math.Max(Overlap, Interlocked.Increment(ref _running));
            await Task.Yield();
            Heard.Add(item);
            Interlocked.Decrement(ref _running);
            _seen[item].TrySetResult();
        }
    }
}
