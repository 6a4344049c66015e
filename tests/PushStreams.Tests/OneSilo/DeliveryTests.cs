using System.Collections.Concurrent;
using Orleans.Streams;
using TtsGrains.PushStreams.Tests.Hosting;
using TtsGrains.Testing;

namespace TtsGrains.PushStreams.Tests.OneSilo;

public sealed class DeliveryTests(OneSiloCluster shared) : IClassFixture<OneSiloCluster>
{
    private readonly string _key = Guid.NewGuid().ToString("N");

    private IAsyncStream<int> Stream => shared.Cluster.Stream(_key);

    [Fact]
    public async Task Events_OfOneStream_ComeInOrder()
    {
        var hearer = new Hearer();
        await Stream.SubscribeAsync(hearer);

        for (var i = 0; i < 1_000; i++)
        {
            await Stream.OnNextAsync(i);
        }

        await hearer.UntilAsync(999);
        Assert.Equal(Enumerable.Range(0, 1_000), hearer.Heard);
        Assert.Empty(hearer.Errors);
    }

    [Fact]
    public async Task Events_PublishedAsBatches_ComeInOrder()
    {
        var hearer = new Hearer();
        await Stream.SubscribeAsync(hearer);

        for (var i = 0; i < 1_000; i += 100)
        {
            await Stream.OnNextBatchAsync(Enumerable.Range(i, 100));
        }

        await hearer.UntilAsync(999);
        Assert.Equal(Enumerable.Range(0, 1_000), hearer.Heard);
    }

    [Fact]
    public async Task Batch_OfNothing_IsNotAnEvent()
    {
        var hearer = new Hearer();
        await Stream.SubscribeAsync(hearer);

        await Stream.OnNextBatchAsync([]);
        await Stream.OnNextAsync(1);

        await hearer.UntilAsync(1);
        Assert.Equal([1], hearer.Heard);
    }

    [Fact]
    public async Task Event_WithATokenOfThePublisher_IsRefused()
        => await Assert.ThrowsAsync<ArgumentException>(() => Stream.OnNextAsync(1, new Orleans.Providers.Streams.Common.EventSequenceTokenV2(7)));

    [Fact]
    public async Task ManyStreams_WithSeveralPublishersEach_LoseNothing_AndKeepEachPublishersOrder()
    {
        const int Streams = 50, Publishers = 3, Events = 100;
        var hearers = Enumerable.Range(0, Streams).Select(_ => new Hearer()).ToArray();
        for (var s = 0; s < Streams; s++)
        {
            await shared.Cluster.Stream($"{_key}-{s}").SubscribeAsync(hearers[s]);
        }

        // One publisher of each stream is in the silo, the others are outside.
        var inside = StreamCluster.ClientOf(shared.Cluster.Silos[0]);
        await Task.WhenAll(
            from s in Enumerable.Range(0, Streams)
            from p in Enumerable.Range(0, Publishers)
            select PublishAsync(StreamCluster.Stream(p == 0 ? inside : shared.Cluster.Client, $"{_key}-{s}"), p * Events, Events));

        foreach (var hearer in hearers)
        {
            await hearer.UntilAsync(heard => heard.Heard.Count == Publishers * Events);
            Assert.All(Enumerable.Range(0, Publishers), p => Assert.Equal(
                Enumerable.Range(p * Events, Events), hearer.Heard.Where(item => item / Events == p)));
        }
    }

    [Fact]
    public async Task Subscribers_OfOneStream_EachHearEveryEvent()
    {
        var outside = new Hearer();
        var inside = new Hearer();
        await Stream.SubscribeAsync(outside);
        await StreamCluster.Stream(StreamCluster.ClientOf(shared.Cluster.Silos[0]), _key).SubscribeAsync(inside);

        await PublishAsync(Stream, 0, 100);

        await outside.UntilAsync(99);
        await inside.UntilAsync(99);
        Assert.Equal(Enumerable.Range(0, 100), outside.Heard);
        Assert.Equal(Enumerable.Range(0, 100), inside.Heard);
    }

    [Fact]
    public async Task Subscriber_OfAStreamInFullFlow_HearsAllThatIsPublishedAfterItSubscribed()
    {
        var first = new Hearer();
        await Stream.SubscribeAsync(first);
        var published = 0;
        using var stop = new CancellationTokenSource();
        var publishing = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await Stream.OnNextAsync(Volatile.Read(ref published));
                Interlocked.Increment(ref published);
            }
        }, TestContext.Current.CancellationToken);

        for (var round = 0; round < 20; round++)
        {
            var late = new Hearer();
            var handle = await Stream.SubscribeAsync(late);
            var from = Volatile.Read(ref published) + 1;
            await late.UntilAsync(from + 50);
            await handle.UnsubscribeAsync();
            Assert.Equal(Enumerable.Range(from, 51), late.Heard.Where(item => item >= from && item <= from + 50));
        }

        await stop.CancelAsync();
        await publishing;
        await first.UntilAsync(published - 1);
        Assert.Equal(Enumerable.Range(0, published), first.Heard);
    }

    [Fact]
    public async Task Subscriber_OfAStreamThatWasSilent_DoesNotHearWhatWasSaidLongBefore()
    {
        var witness = new Hearer();
        var handle = await Stream.SubscribeAsync(witness);
        await PublishAsync(Stream, 0, 10);
        await witness.UntilAsync(9);
        await handle.UnsubscribeAsync();

        var late = new Hearer();
        await Stream.SubscribeAsync(late);
        await Stream.OnNextAsync(10);

        await late.UntilAsync(10);
        Assert.DoesNotContain(0, late.Heard);
    }

    [Fact]
    public async Task Subscription_Ended_HearsNothingMore()
    {
        var gone = new Hearer();
        var witness = new Hearer();
        var handle = await Stream.SubscribeAsync(gone);
        await Stream.SubscribeAsync(witness);
        await Stream.OnNextAsync(1);
        await gone.UntilAsync(1);

        await handle.UnsubscribeAsync();
        await Stream.OnNextAsync(2);

        await witness.UntilAsync(2);
        Assert.Equal([1], gone.Heard);
    }

    [Fact]
    public async Task GrainSubscriber_HearsEventsAsItsOwnTurns()
    {
        var hearing = shared.Cluster.Client.GetGrain<IHearingGrain>(_key);
        await hearing.SubscribeAsync();

        await PublishAsync(Stream, 0, 300);

        await Eventually.IsAsync(() => hearing.CountAsync(), 300, TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Range(0, 300), await hearing.HeardAsync());
    }

    [Fact]
    public async Task RequestContext_OfThePublisher_ComesAlong()
    {
        var who = new List<object?>();
        var hearer = new Hearer(_ =>
        {
            who.Add(RequestContext.Get("who"));
            return Task.CompletedTask;
        });
        await Stream.SubscribeAsync(hearer);

        RequestContext.Set("who", "me");
        await Stream.OnNextAsync(1);
        RequestContext.Clear();
        await Stream.OnNextAsync(2);

        await hearer.UntilAsync(2);
        Assert.Equal(["me", null], who);
    }

    [Fact]
    public async Task BatchSubscriber_GetsManyEventsInOneCall()
    {
        var hearer = new BatchHearer();
        await Stream.SubscribeAsync(hearer);
        await Stream.OnNextAsync(0);
        await hearer.Reached.WaitAsync(TestContext.Current.CancellationToken);

        // The first holds it up, and the others gather behind it.
        await PublishAsync(Stream, 1, 199);
        hearer.Open();

        await hearer.Changes.WhenAsync(() => hearer.Batches.Sum(batch => batch.Length) == 200, TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Range(0, 200), hearer.Batches.SelectMany(batch => batch));
        Assert.InRange(hearer.Batches.Max(batch => batch.Length), 2, new PushStreamOptions().BatchSize);
    }

    private static async Task PublishAsync(IAsyncStream<int> stream, int from, int count)
    {
        foreach (var item in Enumerable.Range(from, count))
        {
            await stream.OnNextAsync(item);
        }
    }

    private sealed class BatchHearer : IAsyncBatchObserver<int>
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Changes Changes { get; } = new();

        public ConcurrentQueue<int[]> Batches { get; } = new();

        public Task Reached => _reached.Task;

        public void Open() => _opened.SetResult();

        public async Task OnNextAsync(IList<SequentialItem<int>> items)
        {
            _reached.TrySetResult();
            await _opened.Task;
            Batches.Enqueue([.. items.Select(item => item.Item)]);
            Changes.Note();
        }

        public Task OnErrorAsync(Exception ex) => Task.CompletedTask;
    }
}
