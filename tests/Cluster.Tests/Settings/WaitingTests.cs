using System.Runtime.Versioning;
using System.Text.Json;
using TtsGrains.Cluster.Tests.Hosting;

namespace TtsGrains.Cluster.Tests.Settings;

/// <summary>A host that may be helped by waiting.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class WaitingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [ClusterFact]
    public async Task Hosts_StartedBeforeWhatTheyNeed_SayWhatTheyWaitForAndRecover()
    {
        // The API first, then the database, then the silo: the wrong order, as orchestrators do it.
        await using var cluster = await LocalCluster.PrepareAsync(new ClusterShape { Silos = 1, Apis = 1 }, Token);
        var (silo, api) = (cluster["silo1"], cluster["api1"]);
        await cluster.Postgres.StopAsync();

        api.Begin();
        await Health.WhenAsync(cluster.AddressOf("api1"), health => IsWaitingFor(health, "PostgreSQL at 127.0.0.1:"), Token);
        using var client = new HttpClient();
        Assert.Equal("live\n", await client.GetStringAsync(new Uri(cluster.AddressOf("api1"), "/health/live"), Token));

        await cluster.Postgres.StartAsync(Token);
        await Health.WhenAsync(cluster.AddressOf("api1"), health => IsWaitingFor(health, "No silo of cluster 'tts'"), Token);

        await silo.StartAsync(Token);
        await api.WhenReadyAsync(Token);
        Assert.True((await api.GetHealthAsync(Token)).GetProperty("ready").GetBoolean());
        Assert.Contains("Cluster:ConnectionString", api.Said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", api.Said, StringComparison.Ordinal);
    }

    [ClusterFact]
    public async Task Silo_ToldToStopWhileItWaits_EndsAtOnce()
    {
        await using var cluster = await LocalCluster.PrepareAsync(new ClusterShape { Silos = 1, Apis = 0 }, Token);
        await cluster.Postgres.StopAsync();

        cluster["silo1"].Begin();
        await cluster["silo1"].WhenSaidAsync("Waiting to join the cluster", Token);

        Assert.NotEqual(1, await cluster["silo1"].StopAsync());
    }

    [ClusterFact]
    public async Task Upstream_Away_SiloIsThereButNotReady()
    {
        await using var cluster = await LocalCluster.PrepareAsync(new ClusterShape { Silos = 1, Apis = 0 }, Token);
        cluster.Upstream.Refuse(503);

        cluster["silo1"].Begin();
        await cluster["silo1"].WhenSaidAsync("No new connection to upstream main", Token);
        Assert.Equal("silo1", await cluster.ListActiveAsync(Token));
        Assert.False(cluster["silo1"].Process.Ready.IsCompleted);

        cluster.Upstream.Refuse(0);
        await cluster["silo1"].WhenReadyAsync(Token);
    }

    private static bool IsWaitingFor(JsonElement health, string what)
        => !health.GetProperty("ready").GetBoolean()
            && health.TryGetProperty("waiting_for", out var why)
            && why.GetString()!.StartsWith(what, StringComparison.Ordinal);
}
