using TtsGrains.PushStreams.Tests.Hosting;

namespace TtsGrains.PushStreams.Tests.OneSilo;

public sealed class StorageTests
{
    [Fact]
    public async Task StorageOfSubscriptions_AwayForAWhile_LosesNothing()
    {
        await using var cluster = await StreamCluster.StartAsync(1, options =>
        {
            options.QueueCount = 1;
            options.PublishTimeout = TimeSpan.FromSeconds(20);
        });
        var known = new Hearer();
        var fresh = new Hearer();
        await cluster.Stream("known").SubscribeAsync(known);
        await cluster.Stream("fresh").SubscribeAsync(fresh);
        await cluster.Stream("known").OnNextAsync(0);
        await known.UntilAsync(0);

        // The agent has not heard of the second stream yet: it cannot find out now who subscribed to it.
        cluster.Storage.IsAway = true;
        await cluster.Stream("fresh").OnNextAsync(0);
        await cluster.Storage.WhenRefusedAsync();
        for (var i = 1; i <= 10; i++)
        {
            await cluster.Stream("known").OnNextAsync(i);
            await cluster.Stream("fresh").OnNextAsync(i);
        }

        cluster.Storage.IsAway = false;
        await known.UntilAsync(10);
        await fresh.UntilAsync(10);
        Assert.Equal(Enumerable.Range(0, 11), known.Heard);
        Assert.Equal(Enumerable.Range(0, 11), fresh.Heard);
    }
}
