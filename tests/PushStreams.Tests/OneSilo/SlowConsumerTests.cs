using TtsGrains.PushStreams.Tests.Hosting;

namespace TtsGrains.PushStreams.Tests.OneSilo;

public sealed class SlowConsumerTests
{
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task ConsumerThatIsWaitedFor_HoldsUpPublishers_WhoFailInTheEnd_AndThenGetsAllThatWasAccepted()
    {
        await using var cluster = await StreamCluster.StartAsync(1, options =>
        {
            options.QueueCount = 1;
            options.QueueCapacity = 10;
            options.BatchSize = 5;
            options.CacheCapacity = 10;
            options.PublishTimeout = TimeSpan.FromMilliseconds(200);
        });
        var hearer = new Hearer(_ => _opened.Task);
        await cluster.Stream("slow").SubscribeAsync(hearer);
        var accepted = new List<int>();
        PushQueueFullException? refusal = null;

        for (var i = 0; refusal is null; i++)
        {
            try
            {
                await cluster.Stream("slow").OnNextAsync(i);
                accepted.Add(i);
            }
            catch (PushQueueFullException e)
            {
                refusal = e;
            }
        }

        Assert.Empty(hearer.Heard);
        Assert.Contains("was full for 0.2 s; the message was not published", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("consumers are slower", refusal.Message, StringComparison.Ordinal);
        _opened.SetResult();
        await hearer.UntilAsync(accepted[^1]);
        Assert.Equal(accepted, hearer.Heard);

        await cluster.Stream("slow").OnNextAsync(-1);
        await hearer.UntilAsync(-1);
    }

    [Fact]
    public async Task ConsumerThatIsNotWaitedFor_HoldsUpNobody_AndGoesOnBehindItsGap()
    {
        await using var cluster = await StreamCluster.StartAsync(1, options =>
        {
            options.QueueCount = 1;
            options.QueueCapacity = 10;
            options.BatchSize = 5;
            options.CacheCapacity = 10;
            options.SlowConsumers = SlowConsumers.Skip;
        });
        using var skipped = StreamCluster.Count(cluster.Silos[0], "push_streams.skipped");
        var slow = new Hearer(_ => _opened.Task);
        var other = new Hearer();

        // One client gives all its subscribers their events in turn, so the other one is on another client.
        await cluster.Stream("slow").SubscribeAsync(slow);
        await StreamCluster.Stream(StreamCluster.ClientOf(cluster.Silos[0]), "other").SubscribeAsync(other);

        for (var i = 0; i < 200; i++)
        {
            await cluster.Stream("slow").OnNextAsync(i);
            await cluster.Stream("other").OnNextAsync(i);
            await other.UntilAsync(i);
        }

        _opened.SetResult();
        await cluster.Stream("slow").OnNextAsync(200);
        await slow.UntilAsync(200);
        Assert.Equal(Enumerable.Range(0, 200), other.Heard);
        Assert.Equal(slow.Heard.Order(), slow.Heard);
        Assert.InRange(slow.Heard.Count, 2, 100);
        Assert.Equal(201 - slow.Heard.Count, skipped.Value);
    }

    [Fact]
    public async Task ConsumerThatThrowsOnce_GetsTheSameEventAgain()
    {
        await using var cluster = await StreamCluster.StartAsync(1);
        var tries = 0;
        var hearer = new Hearer(item => item == 2 && ++tries == 1 ? throw new InvalidOperationException("Not now.") : Task.CompletedTask);
        await cluster.Stream("moody").SubscribeAsync(hearer);

        for (var i = 0; i < 5; i++)
        {
            await cluster.Stream("moody").OnNextAsync(i);
            await hearer.UntilAsync(i);
        }

        Assert.Equal(2, tries);
        Assert.Equal(Enumerable.Range(0, 5), hearer.Heard);
        Assert.Empty(hearer.Errors);
    }

    [Fact]
    public async Task ConsumerThatAlwaysThrows_IsToldOfItsFailure_AndGivenTheNext_WhileOthersGoOn()
    {
        await using var cluster = await StreamCluster.StartAsync(1, options => options.DeliveryTimeout = TimeSpan.FromMilliseconds(100));
        var broken = new Hearer(item => item == 1 ? throw new InvalidOperationException("Never.") : Task.CompletedTask);
        var fine = new Hearer();
        await cluster.Stream("numbers").SubscribeAsync(broken);
        await StreamCluster.Stream(StreamCluster.ClientOf(cluster.Silos[0]), "numbers").SubscribeAsync(fine);

        for (var i = 0; i < 3; i++)
        {
            await cluster.Stream("numbers").OnNextAsync(i);
            await fine.UntilAsync(i);
            if (i == 1)
            {
                await broken.UntilAsync(hearer => hearer.Errors.Count == 1);
            }
        }

        await broken.UntilAsync(2);
        Assert.Equal([0, 2], broken.Heard);
        Assert.Equal([0, 1, 2], fine.Heard);
    }

    [Fact]
    public async Task PublisherThatCountsTheQueuesDifferently_IsToldWhyNobodyHearsIt()
    {
        await using var cluster = await StreamCluster.StartAsync(
            1,
            options =>
            {
                options.QueueCapacity = 1;
                options.PublishTimeout = TimeSpan.FromMilliseconds(50);
            },
            configureClient: options => options.QueueCount = 3);
        await cluster.Stream("lost").OnNextAsync(0);

        var refusal = await Assert.ThrowsAsync<PushQueueFullException>(() => cluster.Stream("lost").OnNextAsync(1));

        Assert.Contains("No silo takes from it: QueueCount must be the same on all silos and clients, and here it is 3.", refusal.Message, StringComparison.Ordinal);
    }
}
