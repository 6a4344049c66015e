using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Runtime.Versioning;
using System.Text;
using System.Text.Json;
using TtsGrains.Cluster.Tests.Hosting;
using TtsGrains.Testing;

namespace TtsGrains.Cluster.Tests.Members;

/// <summary>What is made through one API host is seen through another.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class SharedAcrossHostsTests(SharedCluster shared)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [ClusterFact]
    public async Task Sessions_OfOneApiHost_AreListedByTheOther_LiveAndArchived()
    {
        var cluster = await shared.GetAsync();
        using var other = cluster["api2"].Connect();
        using (var socket = new ClientWebSocket())
        {
            socket.Options.SetRequestHeader("X-API-Key", Member.Key);
            await socket.ConnectAsync(new Uri($"{cluster["api1"].WebSocket}?session_id=listed-call"), Token);
            await socket.SendAsync(Encoding.UTF8.GetBytes(ApiMemberTests.Push), WebSocketMessageType.Text, endOfMessage: true, Token);

            await Eventually.IsAsync(() => IsListedAsync(other, "live=true"), true, Token);
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Token);
        }

        await Eventually.IsAsync(() => IsListedAsync(other, "live=false"), true, Token);
        Assert.False(await IsListedAsync(other, "live=true"));
    }

    [ClusterFact]
    public async Task PronunciationDictionaries_OfOneApiHost_AreReadAndDeletedThroughTheOther()
    {
        var cluster = await shared.GetAsync();
        using var one = cluster["api1"].Connect();
        using var other = cluster["api2"].Connect();

        using var created = await one.PostAsJsonAsync("/pronunciation-dicts", new { name = "brands", items = new[] { new { text = "TtsGrains", alias = "tee tee ess grains" } } }, Token);
        var dictionary = (await created.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("id").GetString();
        var listed = await other.GetStringAsync("/pronunciation-dicts", Token);
        var read = await other.GetFromJsonAsync<JsonElement>($"/pronunciation-dicts/{dictionary}", Token);
        using var deleted = await other.DeleteAsync($"/pronunciation-dicts/{dictionary}", Token);

        Assert.Contains($"\"{dictionary}\"", listed, StringComparison.Ordinal);
        Assert.Equal("brands", read.GetProperty("name").GetString());
        Assert.True(deleted.IsSuccessStatusCode);
        Assert.DoesNotContain($"\"{dictionary}\"", await one.GetStringAsync("/pronunciation-dicts", Token), StringComparison.Ordinal);
    }

    private static async Task<bool> IsListedAsync(HttpClient client, string filter)
        => (await client.GetStringAsync($"/v1/sessions?{filter}", Token)).Contains("\"listed-call\"", StringComparison.Ordinal);
}
