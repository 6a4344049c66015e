using System.Net.WebSockets;
using System.Runtime.Versioning;
using System.Text;
using System.Text.Json;
using TtsGrains.Cluster.Tests.Hosting;
using TtsGrains.Tenants;
using TtsGrains.Tenants.Files;
using TtsGrains.Testing;

namespace TtsGrains.Cluster.Tests.Members;

/// <summary>All hosts of a cluster follow the tenants file.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class TenantsFileTests : IDisposable
{
    private const string Key = "carol-key";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tts-tenants-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [ClusterFact]
    public async Task RevokedKey_EndsItsSocketsOnEveryApiHost()
    {
        var file = Path.Combine(_folder.FullName, "tenants.json");
        SetKeys(file, isNew: true, new ApiKey(ApiKey.HashOf(Key)));
        var shape = new ClusterShape { Silos = 1, Apis = 2, Settings = new Dictionary<string, string> { ["TenantsFile"] = file } };
        await using var cluster = await LocalCluster.StartAsync(shape, Token);
        cluster.Upstream.When("Hello", static (context, message) => message.IsCancel ? ScriptedContext.Answer(context, message) : Task.CompletedTask);
        using var one = await SpeakAsync(cluster["api1"]);
        using var other = await SpeakAsync(cluster["api2"]);
        await cluster.Upstream.Changes.WhenAsync(() => cluster.Upstream.ContextsOf("Hello").Count == 2, Token);

        SetKeys(file, isNew: false);

        foreach (var socket in new[] { one, other })
        {
            var last = await ReadToTheEndAsync(socket);
            Assert.Equal(("hello", "credential_revoked"), (last.GetProperty("context_id").GetString(), last.GetProperty("error_code").GetString()));
            Assert.Equal((WebSocketCloseStatus)4401, socket.CloseStatus);
        }

        foreach (var api in cluster.Apis)
        {
            await Assert.ThrowsAsync<WebSocketException>(() => SpeakAsync(api));
        }
    }

    private static void SetKeys(string path, bool isNew, params ApiKey[] keys)
    {
        using var editor = TenantsFileEditor.Open(path, isNew);
        if (isNew)
        {
            editor.Document.Add("carol");
        }

        editor.Document.SetKeys("carol", keys);
        editor.Save();
    }

    private static async Task<ClientWebSocket> SpeakAsync(Member api)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("X-API-Key", Key);
        await socket.ConnectAsync(api.WebSocket, Token);
        await socket.SendAsync(Encoding.UTF8.GetBytes(ApiMemberTests.Push), WebSocketMessageType.Text, endOfMessage: true, Token);
        return socket;
    }

    private static async Task<JsonElement> ReadToTheEndAsync(ClientWebSocket socket)
    {
        var last = default(JsonElement);
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var length = 0;
            ValueWebSocketReceiveResult part;
            do
            {
                part = await socket.ReceiveAsync(buffer.AsMemory(length), Token);
                length += part.Count;
            }
            while (!part.EndOfMessage);

            if (part.MessageType == WebSocketMessageType.Close)
            {
                return last;
            }

            last = JsonDocument.Parse(buffer.AsMemory(0, length).ToArray()).RootElement;
        }
    }
}
