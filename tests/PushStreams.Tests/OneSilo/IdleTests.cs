using TtsGrains.PushStreams.Tests.Hosting;

namespace TtsGrains.PushStreams.Tests.OneSilo;

public sealed class IdleTests
{
    private const int Queues = 8;

    [Fact]
    public async Task Agents_AskOncePerMessage_AndOtherwiseWait()
    {
        const int Events = 100;
        await using var cluster = await StreamCluster.StartAsync(1, options =>
        {
            options.QueueCount = Queues;
            options.PollWait = TimeSpan.FromHours(1);
        });
        var hearer = new Hearer();
        await cluster.Stream("numbers").SubscribeAsync(hearer);
        await cluster.Stream("numbers").OnNextAsync(-1);
        await hearer.UntilAsync(-1);

        // From here on each agent waits, or is about to.
        using var polls = StreamCluster.Count(cluster.Silos[0], "push_streams.polls");
        using var taken = StreamCluster.Count(cluster.Silos[0], "push_streams.taken");
        for (var i = 0; i < Events; i++)
        {
            await cluster.Stream("numbers").OnNextAsync(i);
            await hearer.UntilAsync(i);
        }

        Assert.Equal(Events, taken.Value);
        Assert.InRange(polls.Value, Events - 1, Events + Queues);
    }

    [Fact]
    public async Task Agents_WaitingForHours_LetTheirSiloStopAtOnce()
    {
        await using var cluster = await StreamCluster.StartAsync(1, options => options.PollWait = TimeSpan.FromHours(1));
        var hearer = new Hearer();
        await cluster.Stream("numbers").SubscribeAsync(hearer);
        await cluster.Stream("numbers").OnNextAsync(1);
        await hearer.UntilAsync(1);

        await cluster.StopAsync(cluster.Silos[0]).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
    }
}
