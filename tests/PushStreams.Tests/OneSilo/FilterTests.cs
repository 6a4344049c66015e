using Orleans.Streams.Filtering;
using TtsGrains.PushStreams.Tests.Hosting;

namespace TtsGrains.PushStreams.Tests.OneSilo;

public sealed class FilterTests
{
    [Fact]
    public async Task Filter_LooksAtEachMessage()
    {
        await using var cluster = await StreamCluster.StartAsync(1, configureSilo: silo => silo.AddStreamFilter<EvenNumbers>(StreamCluster.Provider));
        var opened = new TaskCompletionSource();
        var hearer = new Hearer(_ => opened.Task);
        await cluster.Stream("numbers").SubscribeAsync(hearer);

        // The first holds it up, so that the others would go together without the filter.
        for (var i = 0; i <= 20; i++)
        {
            await cluster.Stream("numbers").OnNextAsync(i);
        }

        opened.SetResult();
        await hearer.UntilAsync(20);
        Assert.Equal(Enumerable.Range(0, 11).Select(i => 2 * i), hearer.Heard);
    }

    private sealed class EvenNumbers : IStreamFilter
    {
        public bool ShouldDeliver(StreamId streamId, object item, string? filterData) => (int)item % 2 == 0;
    }
}
