using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Runtime.Versioning;
using System.Text;
using System.Text.Json;
using TtsGrains.Cluster.Tests.Hosting;
using TtsGrains.Testing;

namespace TtsGrains.Cluster.Tests.Members;

/// <summary>A cluster as it stands.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ClusterTests(SharedCluster shared)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [ClusterFact]
    public async Task Members_Started_AreReadyAndKnowEachOther()
    {
        var cluster = await shared.GetAsync();

        foreach (var silo in cluster.Silos)
        {
            Assert.True((await silo.GetHealthAsync(Token)).GetProperty("ready").GetBoolean());
        }

        foreach (var api in cluster.Apis)
        {
            var health = await api.GetHealthAsync(Token);
            Assert.True(health.GetProperty("ready").GetBoolean());
            Assert.InRange(health.GetProperty("gateways").GetInt32(), 1, cluster.Silos.Count);
            Assert.False(health.TryGetProperty("contexts", out _), "A client of the cluster hosts no contexts.");
        }

        Assert.Equal("silo1 silo2 silo3", await cluster.ListActiveAsync(Token));
    }

    [ClusterFact]
    public async Task Silos_Started_HoldOneUpstreamSocketEachAndApisNone()
    {
        var cluster = await shared.GetAsync();

        Assert.Equal(cluster.Silos.Count, cluster.Upstream.Sockets.Count(socket => !socket.IsClosed));
    }

    /// <summary>Each member has spoken before it was ready: at no cost, and nothing is left of it.</summary>
    [ClusterFact]
    public async Task Members_Started_HaveWarmedTheirPathAndLeftNothing()
    {
        var cluster = await shared.GetAsync();

        var failures = cluster.Silos.Concat(cluster.Apis).SelectMany(member => member.Said.Split(Environment.NewLine)).Where(line => line.Contains("could not be warmed", StringComparison.Ordinal));
        Assert.True(!failures.Any(), string.Join(Environment.NewLine, failures));
        Assert.Empty(cluster.Upstream.ContextsOf("Ready "));
        Assert.Equal("", await cluster.Postgres.RunSqlAsync("SELECT coalesce(string_agg(state_name || ' ' || key_text, ', '), '') FROM tts_grain_state WHERE position('warm-up' IN key_text) > 0", Token));
    }

    [ClusterFact]
    public async Task Key_OfATenant_WorksOnEveryApi()
    {
        var cluster = await shared.GetAsync();

        foreach (var api in cluster.Apis)
        {
            using var client = api.Connect();
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/v1/sessions", Token)).StatusCode);
            using var stranger = api.Connect("no-key");
            Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync("/v1/sessions", Token)).StatusCode);
        }
    }

    [ClusterFact]
    public async Task AccessToken_OfOneApi_WorksOnTheOther()
    {
        var cluster = await shared.GetAsync();
        using var first = cluster["api1"].Connect();
        using var answer = await first.PostAsJsonAsync("/access-token", new { grants = new { listen = true }, expires_in = 60 }, Token);
        var token = (await answer.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("token").GetString();

        using var second = cluster["api2"].Connect(token);
        var asked = await second.GetAsync("/v1/sessions", Token);

        Assert.NotEqual(HttpStatusCode.Unauthorized, asked.StatusCode);
    }

    [ClusterFact]
    public async Task Metrics_OfASilo_AreReadByPrometheus()
    {
        var cluster = await shared.GetAsync();
        using var client = cluster["silo1"].Connect(key: null);

        using var answer = await client.GetAsync("/metrics", Token);
        var page = await answer.Content.ReadAsStringAsync(Token);

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        Assert.Contains("tts_upstream_connections{upstream=\"main\"} 1\n", page, StringComparison.Ordinal);
        Assert.Contains("# TYPE orleans_catalog_activations gauge\n", page, StringComparison.Ordinal);
        Assert.Contains("service_name=\"ttsgrains-silo\"", page, StringComparison.Ordinal);
    }

    [ClusterFact]
    public async Task Dashboard_WhenConfigured_IsOnTheSilosPort()
    {
        var cluster = await shared.GetAsync();
        using var client = cluster["silo1"].Connect(key: null);

        var page = await client.GetStringAsync("/dashboard/", Token);
        using var other = cluster["silo2"].Connect(key: null);

        Assert.Contains("<html", page, StringComparison.Ordinal);

        // Until all silos have reported to it, Orleans' page answers 500.
        await Eventually.IsAsync(
            async () =>
            {
                using var counters = await client.GetAsync("/dashboard/DashboardCounters", Token);
                return (await counters.Content.ReadAsStringAsync(Token)).Contains("\"siloName\":\"silo3\"", StringComparison.Ordinal);
            },
            true,
            Token);
        Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync("/dashboard/", Token)).StatusCode);
    }

    [ClusterFact]
    public async Task Session_SpokenInThroughOneApi_IsKnownToTheOtherAndErasedThere()
    {
        var cluster = await shared.GetAsync();
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("X-API-Key", Member.Key);
        await socket.ConnectAsync(new Uri($"{cluster["api1"].WebSocket}?session_id=call-1"), Token);
        await socket.SendAsync(Encoding.UTF8.GetBytes(ApiMemberTests.Push), WebSocketMessageType.Text, endOfMessage: true, Token);
        await Eventually.IsAsync(() => CountStatesAsync(cluster, "acme/call-1"), "1", Token);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Token);

        using var other = cluster["api2"].Connect();
        await Eventually.IsAsync(async () => (await other.DeleteAsync("/v1/sessions/call-1", Token)).StatusCode, HttpStatusCode.NoContent, Token);

        Assert.Equal("0", await CountStatesAsync(cluster, "acme/call-1"));
    }

    private static Task<string> CountStatesAsync(LocalCluster cluster, string session)
        => cluster.Postgres.RunSqlAsync($"SELECT count(*) FROM tts_grain_state WHERE key_text = '{session}'", Token);
}
