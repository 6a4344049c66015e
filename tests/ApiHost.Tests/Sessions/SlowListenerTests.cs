using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;

namespace TtsGrains.ApiHost.Tests.Sessions;

/// <summary>A listener that does not read: it costs bounded memory, holds up no one, and loses nothing.</summary>
public sealed class SlowListenerTests
{
    // 26 MB in all: far more than the room and what systems buffer for a socket.
    private const int Loud = 300;
    private const int Characters = 4096;

    // What can be on its way to somebody who does not read. Without a bound it would be all.
    private const int MostOnTheWay = Loud * 2 / 3;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WebSocket_HoldsUpNobodyAndLosesNothing()
    {
        await using var service = await StartAsync();
        using var meters = new Meters(service);
        await using var call = await SpokenCall.OpenAsync(service);
        await using var slow = await ListenerClient.ConnectAsync(service, call.Session, "from=start", isReading: false);
        await using var other = await ListenerClient.ConnectAsync(service, call.Session, "from=start");
        await SpeakLoudAsync(call);

        // Both others have all of it, while the third has taken nothing.
        await other.WhenAsync(heard => heard.Events.Count >= Loud);
        await meters.Changes.WhenAsync(() => meters["tts.listeners.overflows"] > 0, Cancellation);
        Assert.InRange(meters["tts.listeners.frames.sent"], Loud, Loud + MostOnTheWay);
        slow.Read();
        await slow.WhenAsync(heard => heard.Events.Count >= Loud);
        var owner = await call.FinishAsync();
        await slow.WhenClosedAsync();

        Assert.Equal(Enumerable.Range(0, Loud + 1), slow.OffsetsOf(call.Context));
        Assert.Equal(owner.Audio, slow.AudioOf(call.Context));
        Assert.Equal(owner.Audio, other.AudioOf(call.Context));
    }

    [Theory]
    [InlineData("audio.wav")]
    [InlineData("audio")]
    public async Task Http_HoldsUpNobodyAndLosesNothing(string path)
    {
        await using var service = await StartAsync();
        using var meters = new Meters(service);
        await using var call = await SpokenCall.OpenAsync(service);
        using var http = LazyHttp.Connect(service);
        http.DefaultRequestHeaders.Accept.ParseAdd("text/event-stream");
        using var response = await http.GetAsync(
            $"/v1/sessions/{Uri.EscapeDataString(call.Session)}/{path}?from=start", HttpCompletionOption.ResponseHeadersRead, Cancellation);
        await SpeakLoudAsync(call);

        // His room is full, and he has taken nothing.
        await meters.Changes.WhenAsync(() => meters["tts.listeners.overflows"] > 0, Cancellation);
        Assert.InRange(meters["tts.listeners.frames.sent"], 0, MostOnTheWay);
        var reading = response.Content.ReadAsByteArrayAsync(Cancellation);
        var owner = await call.FinishAsync();
        var body = await reading;

        Assert.Equal(owner.Audio, path == "audio.wav" ? body[44..] : EventStream.AudioOf(body));
    }

    private static Task<RunningService> StartAsync() => RunningService.StartAsync("Listeners:BufferBytes=4194304");

    private static async Task SpeakLoudAsync(SpokenCall call)
    {
        for (var i = 0; i < Loud; i++)
        {
            call.Say(Characters);
        }

        await call.WhenOwnerReceivedAsync(Loud);
    }
}
