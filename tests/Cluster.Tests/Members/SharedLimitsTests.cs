using System.Net;
using System.Net.WebSockets;
using System.Runtime.Versioning;
using System.Text;
using TtsGrains.Cluster.Tests.Hosting;
using TtsGrains.Testing;

namespace TtsGrains.Cluster.Tests.Members;

/// <summary>Two API hosts keep to the limits of a tenant together.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class SharedLimitsTests(SharedCluster shared)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [ClusterFact]
    public async Task Sockets_OfBothHosts_AreCountedTogether() => await AssertCountedTogetherAsync(await shared.GetAsync(), "/tts/websocket");

    [ClusterFact]
    public async Task Listeners_OfBothHosts_AreCountedTogether()
    {
        var cluster = await shared.GetAsync();
        using var speaker = await WhenConnectedAsync(cluster["api1"], "/tts/websocket", "?session_id=heard");
        await speaker.SendAsync(Encoding.UTF8.GetBytes(ApiMemberTests.Push), WebSocketMessageType.Text, endOfMessage: true, Token);
        await speaker.ReceiveAsync(new byte[64 * 1024], Token);
        await AssertCountedTogetherAsync(cluster, "/v1/sessions/heard/audio");
    }

    private static async Task AssertCountedTogetherAsync(LocalCluster cluster, string path)
    {
        var (one, other) = (cluster["api1"], cluster["api2"]);
        var open = new Queue<ClientWebSocket>();
        try
        {
            for (var i = 0; i < SharedCluster.Most; i++)
            {
                open.Enqueue(await WhenConnectedAsync(i % 2 == 0 ? one : other, path));
            }

            // As often as it may take until a host would have the share of another.
            for (var i = 0; i < 3 * SharedCluster.Most; i++)
            {
                Assert.Null(await TryConnectAsync(i % 2 == 0 ? one : other, path));
            }

            // The first is of the other host.
            open.Dequeue().Dispose();
            open.Enqueue(await WhenConnectedAsync(other, path));
            Assert.Null(await TryConnectAsync(one, path));
        }
        finally
        {
            foreach (var socket in open)
            {
                socket.Dispose();
            }
        }
    }

    // A host may refuse while another still holds what is free.
    private static async Task<ClientWebSocket> WhenConnectedAsync(Member api, string path, string query = "")
    {
        ClientWebSocket? socket = null;
        await Eventually.IsAsync(async () => (socket ??= await TryConnectAsync(api, path, query)) is not null, true, Token);
        return socket!;
    }

    private static async Task<ClientWebSocket?> TryConnectAsync(Member api, string path, string query = "")
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("X-API-Key", SharedCluster.BoundedKey);
        socket.Options.CollectHttpResponseDetails = true;
        try
        {
            await socket.ConnectAsync(new UriBuilder(api.Http) { Scheme = "ws", Path = path, Query = query }.Uri, Token);
            return socket;
        }
        catch (WebSocketException) when (socket.HttpStatusCode == HttpStatusCode.TooManyRequests)
        {
            socket.Dispose();
            return null;
        }
    }
}
