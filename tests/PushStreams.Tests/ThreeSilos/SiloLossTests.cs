using Orleans.Configuration;
using TtsGrains.PushStreams.Tests.Hosting;
using TtsGrains.Testing;

namespace TtsGrains.PushStreams.Tests.ThreeSilos;

public sealed class SiloLossTests
{
    // Enough that each silo has some.
    private const int Queues = 32;
    private const int Streams = 16;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Streams_AcrossSilos_ReachHearersOutsideAndOnEverySilo()
    {
        await using var cluster = await StartAsync();
        var clients = cluster.Silos.Select(StreamCluster.ClientOf).Append(cluster.Client).ToArray();
        var hearers = clients.Select(_ => new Hearer()).ToArray();
        for (var c = 0; c < clients.Length; c++)
        {
            await StreamCluster.Stream(clients[c], "numbers").SubscribeAsync(hearers[c]);
        }

        for (var i = 0; i < 400; i++)
        {
            await StreamCluster.Stream(clients[i % clients.Length], "numbers").OnNextAsync(i);
        }

        foreach (var hearer in hearers)
        {
            await hearer.UntilAsync(399);
            Assert.Equal(Enumerable.Range(0, 400), hearer.Heard);
        }
    }

    [Fact]
    public async Task Queues_LiveWithTheirAgents()
    {
        await using var cluster = await StartAsync();

        await UntilQueuesAreLocalAsync(cluster);

        Assert.All(cluster.Silos, silo => Assert.True(StreamCluster.QueuesOn(silo) > 0));
        Assert.Equal(Queues, cluster.Silos.Sum(StreamCluster.QueuesOn));
    }

    [Fact]
    public async Task Queues_FollowTheirAgents_WhenASiloJoins_AndNothingIsLost()
    {
        await using var cluster = await StartAsync(silos: 1);
        await using var traffic = await Traffic.StartAsync(cluster, Streams);
        await traffic.FlowAsync();

        await cluster.StartSiloAsync();
        await Eventually.IsTrueAsync(() => cluster.Silos.All(silo => StreamCluster.QueuesOn(silo) > 0), TestContext.Current.CancellationToken);
        await traffic.FlowAsync();

        await traffic.StopAsync();
        traffic.AssertOrdered();
        traffic.AssertComplete();
    }

    [Fact]
    public async Task SiloThatIsStopped_HandsItsQueuesOver_AndNothingIsLost()
    {
        await using var cluster = await StartAsync();
        await using var traffic = await Traffic.StartAsync(cluster, Streams);
        await traffic.FlowAsync();

        await cluster.StopAsync(cluster.Silos[1]);
        await traffic.FlowAsync();
        await UntilQueuesAreLocalAsync(cluster);

        await traffic.StopAsync();
        traffic.AssertOrdered();
        traffic.AssertComplete();
    }

    [Fact]
    public async Task SiloThatIsKilled_TakesItsMessagesAlong_AndAllStreamsFlowOn()
    {
        // An answer that was under way through a killed silo never comes: its caller continues after the response timeout.
        await using var cluster = await StartAsync(responseTimeout: 8);
        await using var traffic = await Traffic.StartAsync(cluster, Streams);
        await traffic.FlowAsync();

        await cluster.KillAsync(cluster.Silos[1]);
        await traffic.FlowAsync();
        await UntilQueuesAreLocalAsync(cluster);

        await traffic.StopAsync();
        traffic.AssertOrdered();
    }

    private static Task<StreamCluster> StartAsync(short silos = 3, double responseTimeout = 30) => StreamCluster.StartAsync(
        silos,
        options =>
        {
            options.QueueCount = Queues;
            options.PollWait = TimeSpan.FromMilliseconds(200);
            options.DeliveryTimeout = TimeSpan.FromMinutes(1);
        },
        silo => silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(responseTimeout)));

    // Each agent asks once more within the poll wait: when no queue is asked from afar while all are asked, all are at home.
    private static async Task UntilQueuesAreLocalAsync(StreamCluster cluster)
    {
        for (var begun = TimeProvider.System.GetTimestamp(); TimeProvider.System.GetElapsedTime(begun) < Timeout;)
        {
            var polls = cluster.Silos.Select(silo => StreamCluster.Count(silo, "push_streams.polls")).ToArray();
            var remote = cluster.Silos.Select(silo => StreamCluster.Count(silo, "push_streams.remote_polls")).ToArray();
            await Eventually.IsTrueAsync(() => polls.Sum(count => count.Value) >= 3 * Queues, TestContext.Current.CancellationToken);
            var isLocal = remote.All(count => count.Value == 0) && cluster.Silos.Sum(StreamCluster.QueuesOn) == Queues;
            Array.ForEach([.. polls, .. remote], count => count.Dispose());
            if (isLocal)
            {
                return;
            }
        }

        Assert.Fail("Some queue is still asked from another silo.");
    }
}
