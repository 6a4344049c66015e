using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Http;

/// <summary>A client of speech over HTTP that does not read what it asked for.</summary>
public sealed class SlowClientTests
{
    // More than sockets and systems buffer.
    private const int Loud = 300;
    private const int Characters = 4096;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/tts/bytes", "raw")]
    [InlineData("/tts/bytes", "wav")]
    [InlineData("/tts/sse", "raw")]
    public async Task BeyondItsRoom_IsGivenUpAndItsContextCancelled(string path, string container)
    {
        await using var service = await RunningService.StartAsync("Socket:MaxUnsentBytes=1048576");
        using var http = LazyHttp.Connect(service);
        var (response, voice) = await SpeakAsync(service, http, path, container);
        await using var other = await SocketClient.ConnectAsync(service);
        await other.PushAsync("other", "Somebody else ");

        SayMuch(voice);
        await service.Upstream.Changes.WhenAsync(() => service.Upstream.Received.Any(message => message.IsCancel && message.ContextId == voice.Id), Cancellation);
        var broken = await Assert.ThrowsAnyAsync<Exception>(() => response.Content.ReadAsByteArrayAsync(Cancellation));
        await other.PushAsync("other", "goes on.", more: false);
        var heard = await other.WhenEndedAsync("other");

        Assert.True(broken is HttpRequestException or IOException, broken.ToString());
        Assert.Equal("Somebody else goes on.", heard.Text);
        await Eventually.IsAsync(async () => (await service.CountOpenAsync()).Admitted, 0, Cancellation);
        response.Dispose();
    }

    [Fact]
    public async Task WithinItsRoom_GetsAllOfItWhenItReads()
    {
        await using var service = await RunningService.StartAsync();
        using var http = LazyHttp.Connect(service);
        var (response, voice) = await SpeakAsync(service, http, "/tts/bytes", "raw");

        SayMuch(voice);
        voice.Done();
        await Eventually.IsAsync(async () => (await service.CountOpenAsync()).Admitted, 0, Cancellation);
        var audio = await response.Content.ReadAsByteArrayAsync(Cancellation);

        Assert.Equal("A" + string.Concat(Enumerable.Range(0, Loud).Select(Text)), ScriptedAudio.TextOf(audio));
        response.Dispose();
    }

    private static async Task<(HttpResponseMessage Response, ScriptedContext Voice)> SpeakAsync(RunningService service, HttpClient http, string path, string container)
    {
        const string Said = "What is said is decided below.";
        service.Upstream.When(Said, (context, message) =>
        {
            if (message.IsCancel)
            {
                return ScriptedContext.Answer(context, message);
            }

            // The answer begins with the first frame.
            context.Chunk("A");
            return Task.CompletedTask;
        });
        var response = await http.SpeakAsync(path, Speaking.Body(container, sampleRate: 8000).With("transcript", Said), Cancellation);
        return (response, Assert.Single(service.Upstream.ContextsOf(Said)));
    }

    private static void SayMuch(ScriptedContext voice)
    {
        foreach (var number in Enumerable.Range(0, Loud))
        {
            voice.Chunk(Text(number));
        }
    }

    private static string Text(int number) => new((char)('B' + number), Characters);
}
