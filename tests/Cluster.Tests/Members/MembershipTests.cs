using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using TtsGrains.Cluster.Tests.Hosting;
using TtsGrains.Testing;

namespace TtsGrains.Cluster.Tests.Members;

/// <summary>Silos that come and go.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class MembershipTests(ITestOutputHelper output)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [ClusterFact]
    public async Task Silos_KilledAndStopped_AreMissedAtOnceAndComeBack()
    {
        await using var cluster = await LocalCluster.StartAsync(new ClusterShape { Apis = 1 }, Token);

        var killed = Stopwatch.StartNew();
        await cluster["silo3"].KillAsync();
        await Eventually.IsAsync(() => cluster.ListActiveAsync(Token), "silo1 silo2", Token);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"A killed silo was declared dead after {killed.ElapsedMilliseconds} ms."));

        await cluster["silo3"].StartAsync(Token);
        Assert.Equal("silo1 silo2 silo3", await cluster.ListActiveAsync(Token));

        // What was known of their grains by the dead silo alone was found out again: they keep what they had.
        Assert.Equal(1, cluster.Upstream.Sockets.Count(socket => socket.IsClosed));

        Assert.Equal(0, await cluster["silo1"].StopAsync());
        Assert.Equal("silo2 silo3", await cluster.ListActiveAsync(Token));
        Assert.Equal("1", await cluster.Postgres.RunSqlAsync("SELECT count(*) FROM tts_silo WHERE silo_name = 'silo1' AND status = 6", Token));

        // The client's gateways came and went with them.
        await Health.WhenAsync(cluster["api1"].Http, health => health.GetProperty("ready").GetBoolean(), Token);
    }

    [ClusterFact]
    public async Task LastSilo_Gone_ApiIsNotReadyUntilOneIsBack()
    {
        await using var cluster = await LocalCluster.StartAsync(new ClusterShape { Silos = 1, Apis = 1 }, Token);
        var api = cluster["api1"];

        await cluster["silo1"].KillAsync();
        await Health.WhenAsync(api.Http, health => !health.GetProperty("ready").GetBoolean(), Token);

        await cluster["silo1"].StartAsync(Token);
        await Health.WhenAsync(api.Http, health => health.GetProperty("ready").GetBoolean(), Token);
    }

    [ClusterFact]
    public async Task Postgres_Away_ClusterStaysAndTakesNewSilosAfterwards()
    {
        await using var cluster = await LocalCluster.StartAsync(new ClusterShape { Silos = 2, Apis = 1 }, Token);

        await cluster.Postgres.StopAsync();
        await cluster["api1"].WhenSaidAsync("GatewayManager", Token);
        Assert.All(cluster.Silos, silo => Assert.True(silo.IsRunning));
        Assert.True((await cluster["silo1"].GetHealthAsync(Token)).GetProperty("ready").GetBoolean());
        Assert.True((await cluster["api1"].GetHealthAsync(Token)).GetProperty("ready").GetBoolean());

        await cluster.Postgres.StartAsync(Token);
        await cluster["silo2"].KillAsync();
        await Eventually.IsAsync(() => cluster.ListActiveAsync(Token), "silo1", Token);
        await cluster["silo2"].StartAsync(Token);
        Assert.Equal("silo1 silo2", await cluster.ListActiveAsync(Token));
    }
}
