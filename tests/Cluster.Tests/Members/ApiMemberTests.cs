using System.Net.WebSockets;
using System.Runtime.Versioning;
using System.Text;
using System.Text.Json;
using TtsGrains.Cluster.Tests.Hosting;
using TtsGrains.Testing;

namespace TtsGrains.Cluster.Tests.Members;

/// <summary>API hosts that host grains themselves.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ApiMemberTests
{
    private static readonly KeyValuePair<string, string>[] AsMember = [new("Cluster:Mode", "member")];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [ClusterFact]
    public async Task ApiHosts_AsMembers_AreTheCluster()
    {
        await using var cluster = await LocalCluster.StartAsync(new ClusterShape { Silos = 0, Apis = 2, SettingsOf = _ => AsMember }, Token);

        Assert.Equal("api1 api2", await cluster.ListActiveAsync(Token));
        foreach (var api in cluster.Apis)
        {
            Assert.Equal(0, (await api.GetHealthAsync(Token)).GetProperty("contexts").GetInt32());
        }
    }

    [ClusterFact]
    public async Task ApiHost_AsTheOnlyMember_SpeaksAndKeepsItsSessionInTheDatabase()
    {
        await using var cluster = await LocalCluster.StartAsync(new ClusterShape { Silos = 0, Apis = 1, SettingsOf = _ => AsMember }, Token);
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("X-API-Key", Member.Key);
        await socket.ConnectAsync(new Uri($"{cluster["api1"].WebSocket}?session_id=call-1"), Token);

        await socket.SendAsync(Encoding.UTF8.GetBytes(Push), WebSocketMessageType.Text, endOfMessage: true, Token);
        var types = await ReadTypesAsync(socket);

        Assert.Contains("chunk", types);
        Assert.Equal("done", types[^1]);
        // The audio does not wait for the session to be stored.
        await Eventually.IsAsync(
            () => cluster.Postgres.RunSqlAsync("SELECT count(*) FROM tts_grain_state WHERE state_name = 'session' AND key_text = 'acme/call-1'", Token), "1", Token);
    }

    internal const string Push = """
        {"context_id":"hello","model_id":"sonic-3","transcript":"Hello there.","voice":{"mode":"id","id":"voice-1"},
        "output_format":{"container":"raw","encoding":"pcm_s16le","sample_rate":8000},"continue":false}
        """;

    private static async Task<List<string>> ReadTypesAsync(ClientWebSocket socket)
    {
        var types = new List<string>();
        var buffer = new byte[64 * 1024];
        while (types.LastOrDefault() is not ("done" or "error"))
        {
            var length = 0;
            ValueWebSocketReceiveResult part;
            do
            {
                part = await socket.ReceiveAsync(buffer.AsMemory(length), Token);
                length += part.Count;
            }
            while (!part.EndOfMessage);
            using var frame = JsonDocument.Parse(buffer.AsMemory(0, length));
            types.Add(frame.RootElement.GetProperty("type").GetString()!);
        }

        return types;
    }
}
