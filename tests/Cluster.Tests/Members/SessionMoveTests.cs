using System.Net.Http.Json;
using System.Runtime.Versioning;
using System.Text.Json;
using TtsGrains.Cluster.Tests.Hosting;
using TtsGrains.Cluster.Tests.Upstreams;
using TtsGrains.Testing;

namespace TtsGrains.Cluster.Tests.Members;

/// <summary>A session's grain moves to another silo while its client is connected and nothing is spoken.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class SessionMoveTests
{
    // Enough that a silo has some of them.
    private const int Calls = 8;

    private static readonly Dictionary<string, string> ReturnSoon = new() { ["Contexts:ReconnectTimeout"] = "00:00:02" };

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [ClusterFact]
    public async Task SiloKilled_IdleSessionsStayLive_AndTheirListenersHearWhatIsSaidNext()
    {
        await using var cluster = await LocalCluster.StartAsync(new ClusterShape { Silos = 2, Apis = 1, Settings = ReturnSoon }, Token);
        var calls = await Task.WhenAll(Enumerable.Range(0, Calls).Select(number => Call.BeginAsync(cluster["api1"], $"call-{number}")));
        Assert.Equal(Calls, await CountLiveAsync(cluster["api1"]));

        await cluster["silo1"].KillAsync();
        await Eventually.IsAsync(() => CountLiveAsync(cluster["api1"]), Calls, Token);
        await Task.WhenAll(calls.Select(call => call.SpeakAsync("after", "And this was said behind it."))).WaitAsync(Timeout, Token);
        Assert.Equal(Calls, await CountLiveAsync(cluster["api1"]));
        await Task.WhenAll(calls.Select(call => call.EndAsync())).WaitAsync(Timeout, Token);
        await Eventually.IsAsync(() => CountLiveAsync(cluster["api1"]), 0, Token);
    }

    // Sessions that are listed as live and say so themselves. As the console does: to be looked at before the hosts have reported must not end a session.
    private static async Task<int> CountLiveAsync(Member api)
    {
        using var http = api.Connect();
        var listed = await GetAsync(http, "/v1/sessions?live=true");
        var shown = await Task.WhenAll(Enumerable.Range(0, Calls).Select(number => GetAsync(http, $"/v1/sessions/call-{number}")));
        return Math.Min(listed?.GetProperty("data").GetArrayLength() ?? 0, shown.Count(session => session?.GetProperty("live").GetBoolean() == true));
    }

    // While the silo's loss has not been noticed, what was on it cannot be asked.
    private static async Task<JsonElement?> GetAsync(HttpClient http, string path)
    {
        using var answer = await http.GetAsync(path, Token);
        return answer.IsSuccessStatusCode ? await answer.Content.ReadFromJsonAsync<JsonElement>(Token) : null;
    }

    private sealed class Call(Speaker speaker, Listener listener)
    {
        public static async Task<Call> BeginAsync(Member api, string session)
        {
            var speaker = await Speaker.ConnectAsync(api, session, Token);
            await speaker.PushAsync("before", "This was said before.", more: false, Token);
            await speaker.WhenAsync(() => speaker.EndOf("before") == "done", Token);
            var listener = await Listener.ConnectAsync(api, session, Token);
            await listener.WhenDoneAsync("before", Token);
            return new Call(speaker, listener);
        }

        public async Task SpeakAsync(string context, string text)
        {
            await speaker.PushAsync(context, text, more: false, Token);
            await speaker.WhenAsync(() => speaker.EndOf(context) == "done", Token);
            await listener.WhenDoneAsync(context, Token);
        }

        public async Task EndAsync()
        {
            await speaker.DisposeAsync();
            Assert.Null(await listener.ReadAsync(Token));
            listener.Dispose();
        }
    }
}
