using System.Text.Json;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Sessions;

/// <summary>Frames that neither the log nor the archive has: a listener is told so, and gets the rest.</summary>
public sealed class GapTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task NothingArchived_IsOneGapOfAllFrames()
    {
        await using var service = await StartAsync();
        await using var client = await ArchiveClient.SpeakAsync(service, "session_id=gone&archive=off");
        await client.PushAsync("c", "This is not kept.", more: false);
        await client.WhenEndedAsync("c");
        await WhenLogsAreGoneAsync(service);
        await using var listener = await ListenerClient.ConnectAsync(service, "gone", "from=start");

        // The listener receives everything from then on.
        await listener.WhenAsync(heard => heard.Events.Count == 1);
        await client.PushAsync("next", "Heard.", more: false);
        var next = await client.WhenEndedAsync("next");
        await client.CloseAsync();
        await listener.WhenClosedAsync();

        Assert.Equal("""{"type":"gap","session_id":"gone","context_id":"c","from":0,"to":4,"done":false,"status_code":206}""", listener.Events[0].GetRawText());
        Assert.Equal(next.Audio, listener.AudioOf("next"));
    }

    [Fact]
    public async Task SegmentNotArchived_IsAGapBetweenTheOthers()
    {
        await using var service = await StartAsync();
        await using var client = await ArchiveClient.SpeakAsync(service, "session_id=part");
        await client.PushAsync("c", "Your name? ", flush: true);
        await client.PushAsync("c", "4111 1111. ", flush: true, change: message => message["archive"] = false);
        await client.PushAsync("c", "Thanks.", more: false);
        var heard = await client.WhenEndedAsync("c");
        await client.CloseAsync();
        await service.WhenArchivedAsync(RunningService.Acme, "part", "c");
        await WhenLogsAreGoneAsync(service);
        await using var listener = await ListenerClient.ConnectAsync(service, "part", "from=start");
        await listener.WhenClosedAsync();

        Assert.Equal(["chunk 0", "timestamps 1", "flush_done 2", "gap 3-6", "chunk 6", "timestamps 7", "done 8"], listener.Events.Select(Describe));
        Assert.Equal([.. heard.AudioOf(1), .. heard.AudioOf(3)], listener.AudioOf("c"));
    }

    [Theory]
    [InlineData("audio", "gap")]
    [InlineData("audio.wav", "")]
    public async Task OverHttp_IsAnEventOrLeftOut(string path, string expected)
    {
        await using var service = await StartAsync();
        await using (var client = await ArchiveClient.SpeakAsync(service, "session_id=gone&archive=off"))
        {
            await client.PushAsync("c", "This is not kept.", more: false);
            await client.WhenEndedAsync("c");
            await client.CloseAsync();
            await client.WhenClosedAsync();
        }

        await WhenLogsAreGoneAsync(service);
        using var http = LazyHttp.Connect(service);
        http.DefaultRequestHeaders.Accept.ParseAdd("text/event-stream");

        var body = await http.GetByteArrayAsync($"/v1/sessions/gone/{path}?from=start", Cancellation);

        Assert.Equal(expected.Length == 0, body.Length == 0);
        Assert.Equal(expected, string.Join(',', EventStream.Read(body).Select(heard => heard.GetProperty("type").GetString())));
    }

    private static Task<RunningService> StartAsync() => RunningService.StartAsync("Contexts:Retention=00:00:00.1");

    private static Task WhenLogsAreGoneAsync(RunningService service)
        => Eventually.IsAsync(async () => (await service.CountOpenAsync()).Logs, 0, Cancellation);

    private static string Describe(JsonElement heard)
    {
        var type = heard.GetProperty("type").GetString();
        return type == "gap" ? $"gap {heard.GetProperty("from")}-{heard.GetProperty("to")}" : $"{type} {heard.GetProperty("offset")}";
    }
}
