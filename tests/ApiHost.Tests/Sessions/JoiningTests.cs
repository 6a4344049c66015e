using System.Net.WebSockets;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;

namespace TtsGrains.ApiHost.Tests.Sessions;

public sealed class JoiningTests(ServiceFixture fixture)
{
    private const int Chunks = 10;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task FromStart_JoinedAtEveryFrame_HearsExactlyWhatTheOwnerHears(bool whileSpeaking)
    {
        for (var joinAt = 0; joinAt <= Chunks; joinAt++)
        {
            await using var call = await SpokenCall.OpenAsync(fixture.Service);
            await using var listener = await JoinAsync(call, joinAt, "from=start", whileSpeaking);

            var owner = await call.FinishAsync();
            await listener.WhenClosedAsync();

            Assert.Equal(owner.Audio, listener.AudioOf(call.Context));
            Assert.Equal(Enumerable.Range(0, Chunks + 1), listener.OffsetsOf(call.Context));
            Assert.Equal(WebSocketCloseStatus.NormalClosure, listener.CloseStatus);
        }
    }

    [Theory]
    [InlineData("from=start")]
    [InlineData("since=0")]
    public async Task FromStart_ContextThatIsSilentSince_IsHeardBeforeALaterOne(string query)
    {
        var session = $"call-{Guid.NewGuid():N}";
        await using var owner = await SocketClient.ConnectAsync(fixture.Service, session: session);
        await owner.PushAsync("silent", "Said. ");
        await owner.WhenAsync("silent", heard => heard.Text.Length == 6);
        await owner.PushAsync("later", "Said later.", more: false);
        await owner.WhenEndedAsync("later");

        await using var listener = await ListenerClient.ConnectAsync(fixture.Service, session, query);
        await listener.WhenAsync(l => l.Of("silent").Count > 0 && l.Of("later").Count > 0);

        Assert.Equal("silent", listener.Events.First(e => e.GetProperty("type").GetString() == "chunk").GetProperty("context_id").GetString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Live_JoinedAtEveryFrame_HearsTheRestWithoutAHole(bool whileSpeaking)
    {
        for (var joinAt = 0; joinAt <= Chunks; joinAt++)
        {
            await using var call = await SpokenCall.OpenAsync(fixture.Service);
            await using var listener = await JoinAsync(call, joinAt, "from=live", whileSpeaking);

            var owner = await call.FinishAsync();
            await listener.WhenClosedAsync();

            var offsets = listener.OffsetsOf(call.Context);
            var first = offsets.Count > 0 ? offsets[0] : Chunks + 1;
            Assert.InRange(first, joinAt, whileSpeaking ? Chunks + 1 : joinAt);
            Assert.Equal(Enumerable.Range(first, Chunks + 1 - first), offsets);
            Assert.EndsWith(Convert.ToHexString(listener.AudioOf(call.Context)), Convert.ToHexString(owner.Audio));
        }
    }

    [Theory]
    [InlineData("audio.wav")]
    [InlineData("audio")]
    public async Task OverHttp_JoinedAtEveryFrame_HearsExactlyWhatTheOwnerHears(string path)
    {
        using var http = LazyHttp.Connect(fixture.Service);
        http.DefaultRequestHeaders.Accept.ParseAdd("text/event-stream");
        for (var joinAt = 0; joinAt <= Chunks; joinAt++)
        {
            await using var call = await SpokenCall.OpenAsync(fixture.Service);
            Say(call, joinAt);
            await call.WhenOwnerReceivedAsync(joinAt);
            var joining = http.GetAsync($"/v1/sessions/{Uri.EscapeDataString(call.Session)}/{path}?from=start", HttpCompletionOption.ResponseHeadersRead, Cancellation);
            Say(call, Chunks - joinAt);

            using var response = await joining;
            var owner = await call.FinishAsync();
            var body = await response.Content.ReadAsByteArrayAsync(Cancellation);

            Assert.Equal(owner.Audio, path == "audio.wav" ? body[44..] : EventStream.AudioOf(body));
        }
    }

    [Fact]
    public async Task Position_AtEveryOffset_HearsFromThereOn()
    {
        await using var call = await SpokenCall.OpenAsync(fixture.Service);
        Say(call, Chunks);
        await call.WhenOwnerReceivedAsync(Chunks);
        var listeners = new List<ListenerClient>();
        for (var offset = 0; offset <= Chunks; offset++)
        {
            listeners.Add(await ListenerClient.ConnectAsync(fixture.Service, call.Session, $"from={Uri.EscapeDataString($"{call.Context}:{offset}")}"));
        }

        await call.FinishAsync();

        for (var offset = 0; offset <= Chunks; offset++)
        {
            await using var listener = listeners[offset];
            await listener.WhenClosedAsync();
            Assert.Equal(Enumerable.Range(offset, Chunks + 1 - offset), listener.OffsetsOf(call.Context));
        }
    }

    [Fact]
    public async Task FiftyListeners_AllHearEverything()
    {
        await using var call = await SpokenCall.OpenAsync(fixture.Service);
        var joining = Enumerable.Range(0, 50).Select(async number =>
        {
            await Task.Yield();
            return await ListenerClient.ConnectAsync(fixture.Service, call.Session, number % 2 == 0 ? "from=start" : "from=start&from=live");
        }).ToList();
        // The first half they read from the log, the second comes to them by the stream.
        Say(call, 100);
        var listeners = await Task.WhenAll(joining);
        Say(call, 100);
        var owner = await call.FinishAsync();

        foreach (var listener in listeners)
        {
            await listener.WhenClosedAsync();
            Assert.Equal(owner.Audio, listener.AudioOf(call.Context));
            await listener.DisposeAsync();
        }
    }

    [Fact]
    public async Task ContextOpenedLater_IsHeardFromItsStart()
    {
        await using var call = await SpokenCall.OpenAsync(fixture.Service);
        await using var listener = await ListenerClient.ConnectAsync(fixture.Service, call.Session);
        await call.Owner.PushAsync("second", "Opened while somebody listens.", more: false);
        var second = await call.Owner.WhenEndedAsync("second");

        await call.FinishAsync();
        await listener.WhenClosedAsync();

        Assert.Equal(second.Audio, listener.AudioOf("second"));
        Assert.All(listener.Events, heard => Assert.Equal(call.Session, heard.GetProperty("session_id").GetString()));
    }

    private static async Task<ListenerClient> JoinAsync(SpokenCall call, int joinAt, string query, bool whileSpeaking)
    {
        Say(call, joinAt);
        await call.WhenOwnerReceivedAsync(joinAt);
        var joining = ListenerClient.ConnectAsync(call.Service, call.Session, query);
        if (!whileSpeaking)
        {
            await joining;
        }

        Say(call, Chunks - joinAt);
        return await joining;
    }

    private static void Say(SpokenCall call, int chunks)
    {
        for (var i = 0; i < chunks; i++)
        {
            call.Say();
        }
    }
}
