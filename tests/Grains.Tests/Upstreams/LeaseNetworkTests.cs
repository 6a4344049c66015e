using Xunit;

namespace TtsGrains.Grains.Tests.Upstreams;

/// <summary>
/// Silos and the grain of one upstream, with everything between them coming late, in any order, twice or not at all; silos die or stand still for longer than
/// their leases last, and the grain dies and forgets all. Whatever happens, never more contexts than allowed have a place; and when it calms down, everyone is served.
/// </summary>
public sealed class LeaseNetworkTests
{
    private const int Steps = 10_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void AnythingGoesWrong_NeverTooManyAndNobodyIsForgotten(int seed)
    {
        var world = new LeaseNetwork(new Random(seed));
        for (var step = 0; step < Steps; step++)
        {
            world.Go();
            Assert.InRange(world.Used, 0, LeaseNetwork.MostContexts);
        }

        world.CalmDown();
        Assert.Equal(0, world.Waiting);
        Assert.InRange(world.Served, Steps / 100, Steps);
    }
}
