using Orleans.Streams;
using TtsGrains.PushStreams.Tests.Hosting;

namespace TtsGrains.PushStreams.Tests.OneSilo;

public sealed class DeliveryTests(OneSiloCluster shared) : IClassFixture<OneSiloCluster>
{
    private readonly string _key = Guid.NewGuid().ToString("N");

    private StreamCluster Cluster => shared.Cluster;

    [Fact]
    public async Task Events_OfOneStream_ComeInOrder()
    {
        var hearer = new Hearer();
        await Cluster.Stream(_key).SubscribeAsync(hearer);

        for (var i = 0; i < 1_000; i++)
        {
            await Cluster.Stream(_key).OnNextAsync(i);
        }

        await hearer.UntilAsync(999);
        Assert.Equal(Enumerable.Range(0, 1_000), hearer.Heard);
        Assert.Empty(hearer.Errors);
    }
}
