using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Sessions;

public sealed class ReplayTests(ServiceFixture fixture)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("2026-08-14")]
    [InlineData("2024-06-10")]
    public async Task FinishedSession_FromTheArchive_IsFrameByFrameWhatWasHeardLive(string version)
    {
        await using var service = await RunningService.StartAsync("Contexts:Retention=00:00:00.1");

        // Not disposed of: that would hold the frames of an old version against the rules of the new ones.
        var call = await SpokenCall.OpenAsync(service, more: true, query: $"&cartesia_version={version}");
        await using var live = await ListenerClient.ConnectAsync(service, call.Session, "from=start");
        call.Say(3);
        call.Voice.Speak("some words in time", timestamps: true);
        await call.Owner.PushAsync(call.Context, "", flush: true);
        call.Voice.FlushDone();
        call.Say(5);
        call.Say(5);
        await call.Owner.PushAsync(call.Context, "", more: false);
        call.Voice.Done();
        await live.WhenAsync(heard => heard.Events.Any(e => e.GetProperty("done").GetBoolean()));
        call.Owner.Abort();
        await service.WhenArchivedAsync(RunningService.Acme, call.Session, call.Context);
        await Eventually.IsAsync(async () => (await service.CountOpenAsync()).Logs, 0, Cancellation);

        await using var later = await ListenerClient.ConnectAsync(service, call.Session, "from=start");
        await later.WhenAsync(heard => heard.Events.Count >= live.Events.Count);

        Assert.Equal(live.Events.Select(WithoutStepTime), later.Events.Select(WithoutStepTime));
        for (var offset = 1; offset < live.Events.Count; offset++)
        {
            await using var from = await ListenerClient.ConnectAsync(service, call.Session, $"from={Uri.EscapeDataString($"{call.Context}:{offset}")}");
            await from.WhenAsync(heard => heard.Events.Count >= live.Events.Count - offset);
            Assert.Equal(live.Events.Skip(offset).Select(WithoutStepTime), from.Events.Select(WithoutStepTime));
        }
    }

    [Fact]
    public async Task Wav_FinishedSession_IsAllItsContextsOneAfterTheOther()
    {
        await using var client = await SocketClient.ConnectAsync(fixture.Service, session: "wav finished");
        await client.PushAsync("one", "The first of two.", more: false);
        var one = await client.WhenEndedAsync("one");
        await client.PushAsync("two", "And the second.", more: false);
        var two = await client.WhenEndedAsync("two");
        await client.CloseAsync();
        await client.WhenClosedAsync();

        var wav = await GetAsync("wav finished", "audio.wav?from=start", Cancellation);

        Assert.Equal("RIFF", Encoding.ASCII.GetString(wav, 0, 4));
        Assert.Equal(one.Audio.Concat(two.Audio), wav[44..]);
    }

    [Fact]
    public async Task Wav_LiveSession_GoesOnWithIt()
    {
        await using var call = await SpokenCall.OpenAsync(fixture.Service);
        call.Say();
        using var http = Client();
        using var response = await http.GetAsync(Address(call.Session, "audio.wav?from=start"), HttpCompletionOption.ResponseHeadersRead, Cancellation);
        await using var wav = await response.Content.ReadAsStreamAsync(Cancellation);
        var start = new byte[44 + (8 * ScriptedAudio.BytesPerCharacter)];
        await wav.ReadExactlyAsync(start, Cancellation);
        call.Say();
        var owner = await call.FinishAsync();
        using var rest = new MemoryStream();
        await wav.CopyToAsync(rest, Cancellation);

        Assert.Equal("audio/wav", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(owner.Audio, start[44..].Concat(rest.ToArray()));
    }

    [Theory]
    [InlineData("encoding=pcm_mulaw", 1, 8000)]
    [InlineData("encoding=pcm_s16le&sample_rate=16000", 2, 16000)]
    [InlineData("sample_rate=44100", 2, 44100)]
    public async Task Transcoded_PlaysAsLongAsTheOriginal(string query, int bytesPerSample, int rate)
    {
        await using var call = await SpokenCall.OpenAsync(fixture.Service);
        await using var listener = await ListenerClient.ConnectAsync(fixture.Service, call.Session, $"from=start&{query}");
        for (var i = 0; i < 20; i++)
        {
            call.Say(200);
        }

        var owner = await call.FinishAsync();
        await listener.WhenClosedAsync();
        var seconds = owner.Audio.Length / 2 / 8000.0;

        Assert.Equal(seconds, (double)listener.AudioOf(call.Context).Length / bytesPerSample / rate, 3);
    }

    [Fact]
    public async Task ServerSentEvents_CarryTheSameFrames()
    {
        await using var client = await SocketClient.ConnectAsync(fixture.Service, session: "sse");
        await client.PushAsync("told", "Told as events.", more: false);
        var owner = await client.WhenEndedAsync("told");
        await client.CloseAsync();
        await client.WhenClosedAsync();
        using var http = Client();
        http.DefaultRequestHeaders.Accept.ParseAdd("text/event-stream");

        var text = await http.GetByteArrayAsync(Address("sse", "audio?from=start"), Cancellation);

        Assert.Equal("done", EventStream.Read(text)[^1].GetProperty("type").GetString());
        Assert.Equal(owner.Audio, EventStream.AudioOf(text));
    }

    [Theory]
    [InlineData("unknown", "from=start", HttpStatusCode.NotFound, "session_not_found")]
    [InlineData("known", "from=nonsense", HttpStatusCode.BadRequest, "invalid_request")]
    [InlineData("known", "from=", HttpStatusCode.BadRequest, "invalid_request")]
    [InlineData("known", "from=one", HttpStatusCode.BadRequest, "invalid_request")]
    [InlineData("known", "from=one:", HttpStatusCode.BadRequest, "invalid_request")]
    [InlineData("known", "from=one:-1", HttpStatusCode.BadRequest, "invalid_request")]
    [InlineData("known", "from=one:99999999999", HttpStatusCode.BadRequest, "invalid_request")]
    [InlineData("known", "from=one:1000", HttpStatusCode.BadRequest, "invalid_request")]
    [InlineData("known", "from=other:0", HttpStatusCode.NotFound, "context_not_found")]
    [InlineData("known", "encoding=opus", HttpStatusCode.BadRequest, "invalid_request")]
    [InlineData("known", "sample_rate=40", HttpStatusCode.BadRequest, "invalid_request")]
    public async Task BadRequest_IsOneClearProblem(string session, string query, HttpStatusCode status, string code)
    {
        await using var call = await SpokenCall.OpenAsync(fixture.Service);
        await call.Owner.PushAsync("one", "Something.", more: false);
        await call.Owner.WhenEndedAsync("one");
        var name = session == "known" ? call.Session : "nobody's";

        Assert.Equal((status, code), await ProblemAsync(name, query, RunningService.Acme));
        await call.FinishAsync();
    }

    [Fact]
    public async Task NoStreamAskedFor_IsAProblemThatSaysHow()
    {
        await using var call = await SpokenCall.OpenAsync(fixture.Service);
        using var http = Client();
        using var response = await http.GetAsync(Address(call.Session, "audio"), Cancellation);

        Assert.Equal((HttpStatusCode.UpgradeRequired, "websocket"), (response.StatusCode, response.Headers.Upgrade.Single().Name));
        Assert.Contains("upgrade_required", await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        await call.FinishAsync();
    }

    [Fact]
    public async Task ForeignSession_IsUnknown()
    {
        await using var call = await SpokenCall.OpenAsync(fixture.Service);

        Assert.Equal((HttpStatusCode.NotFound, "session_not_found"), await ProblemAsync(call.Session, "from=start", RunningService.Bolt));
        Assert.Equal((HttpStatusCode.Unauthorized, "unauthorized"), await ProblemAsync(call.Session, "from=start", "nobody"));
        await call.FinishAsync();
    }

    private async Task<(HttpStatusCode Status, string? Code)> ProblemAsync(string session, string query, string tenant)
    {
        using var http = Client(tenant);
        using var response = await http.GetAsync(Address(session, $"audio.wav?{query}"), HttpCompletionOption.ResponseHeadersRead, Cancellation);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancellation))!;
        return (response.StatusCode, (string?)problem["error_code"]);
    }

    private Uri Address(string session, string rest) => new(fixture.Service.Http, $"/v1/sessions/{Uri.EscapeDataString(session)}/{rest}");

    private async Task<byte[]> GetAsync(string session, string rest, CancellationToken cancellationToken)
    {
        using var http = Client();
        return await http.GetByteArrayAsync(Address(session, rest), cancellationToken);
    }

    private static HttpClient Client(string tenant = RunningService.Acme)
    {
        var http = new HttpClient();
        http.DefaultRequestHeaders.Add("X-API-Key", $"{tenant}-key");
        return http;
    }

    private static string WithoutStepTime(JsonElement heard)
    {
        var copy = JsonNode.Parse(heard.GetRawText())!.AsObject();
        copy.Remove("step_time");
        return copy.ToJsonString();
    }
}
