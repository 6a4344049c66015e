using System.Runtime.CompilerServices;
using System.Runtime.Versioning;
using TtsGrains.Cluster.Tests.Hosting;

namespace TtsGrains.Cluster.Tests.Faults;

/// <summary>
/// Two hundred contexts speak when something breaks, and others are opened all the time. Everyone hears all of the text, sample by sample as if nothing
/// had been; the archive has each context once; and nothing is left taken.
/// </summary>
[UnsupportedOSPlatform("windows")]
public sealed class FaultTests(FaultyCluster faulty) : IClassFixture<FaultyCluster>
{
    // Of ten contexts each.
    private const int Calls = 20;

    // An outage lasts as long as every line needs to speak this many contexts through it.
    private const int RoundsInOutage = 3;

    // Characters: less than a silo has sent for the contexts that speak on it.
    private const long MostOnTheWay = 2000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [ClusterFact]
    public Task NothingBreaks() => AssertNothingIsLostAsync((_, load) => load.WhenRoundsAsync(2, Token));

    [ClusterFact]
    public Task SiloKilled() => AssertNearlyBilledAsync(() => AssertNothingIsLostAsync(
        async (cluster, load) =>
        {
            await cluster["silo2"].KillAsync();
            await load.WhenRoundsAsync(2, Token);
            await cluster["silo2"].StartAsync(Token);
        },
        nameof(SiloKilled)));

    [ClusterFact]
    public Task ApiHostKilled() => AssertNothingIsLostAsync(async (cluster, load) =>
    {
        await cluster["api1"].KillAsync();
        await load.WhenRoundsAsync(2, Token);
        await cluster["api1"].StartAsync(Token);
    });

    [ClusterFact]
    public Task UpstreamSocketsCut() => AssertNothingIsLostAsync((cluster, load) =>
    {
        cluster.Upstream.DropAll();
        return load.WhenRoundsAsync(2, Token);
    });

    [ClusterFact]
    public async Task DatabaseStopped()
    {
        // In calls that could not be stored.
        IReadOnlyList<Utterance> spokenMeanwhile = [];
        await AssertNothingIsLostAsync(async (cluster, load) =>
        {
            await cluster.Postgres.StopAsync();
            try
            {
                await using var late = await Load.StartAsync(cluster, "Meanwhile", calls: 2, Token);
                await load.WhenRoundsAsync(RoundsInOutage, Token);
                spokenMeanwhile = await late.StopAsync();
            }
            finally
            {
                await cluster.Postgres.StartAsync(Token);
            }
        });
        await Aftermath.AssertArchivedOnceAsync(await faulty.GetAsync(), spokenMeanwhile, Token);
    }

    [ClusterFact]
    public Task ArchiveStopped() => AssertNothingIsLostAsync(async (cluster, load) =>
    {
        await cluster.Azurite.StopAsync();
        try
        {
            await load.WhenRoundsAsync(RoundsInOutage, Token);
        }
        finally
        {
            await cluster.Azurite.StartAsync();
        }
    });

    [ClusterFact]
    public Task RollingRestart() => AssertNearlyBilledAsync(() => AssertNothingIsLostAsync(
        async (cluster, load) =>
        {
            foreach (var member in cluster.Silos.Concat(cluster.Apis))
            {
                Assert.Equal(0, await member.StopAsync());
                await member.StartAsync(Token);
                await load.WhenRoundsAsync(1, Token);
            }
        },
        nameof(RollingRestart)));

    private async Task AssertNothingIsLostAsync(Func<LocalCluster, Load, Task> breakAsync, [CallerMemberName] string name = "")
    {
        var cluster = await faulty.GetAsync();
        try
        {
            await using var load = await Load.StartAsync(cluster, name, Calls, Token);
            await breakAsync(cluster, load);
            await load.WhenRoundsAsync(1, Token);
            var spoken = await load.StopAsync();
            await Aftermath.AssertArchivedOnceAsync(cluster, spoken, Token);
            await Aftermath.AssertNothingLeftAsync(cluster, Token);
            faulty.Forget();
        }
        catch
        {
            await faulty.SayHowItIsAsync();
            throw;
        }
    }

    // Text is on its way when a silo goes: it may count and not arrive. Where none is, both are the same: see BillTests.
    private async Task AssertNearlyBilledAsync(Func<Task> speakAsync)
    {
        var cluster = await faulty.GetAsync();
        var before = await Aftermath.CountSentAsync(cluster, Token) - faulty.Billed;
        await speakAsync();
        var counted = await Aftermath.CountSentAsync(cluster, Token) - before;
        TestContext.Current.TestOutputHelper?.WriteLine($"Characters sent upstream: {counted} by the usage, {faulty.Billed} received there.");
        Assert.InRange(counted - faulty.Billed, -MostOnTheWay, MostOnTheWay);
    }
}
