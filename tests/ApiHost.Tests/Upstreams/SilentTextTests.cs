using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.ApiHost.Tests.Http;
using TtsGrains.LocalVoice;

namespace TtsGrains.ApiHost.Tests.Upstreams;

/// <summary>Contexts whose text makes no sound, spoken by the embedded voice behind the service. Contexts in this process and elsewhere.</summary>
public sealed class SilentTextTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task EmojiAlone_InOneOrMoreMessages_IsDoneWithAWordTime(bool isElsewhere)
    {
        await using var voice = await StartVoiceAsync();
        var url = $"Upstreams:main:Url={voice.WebSocketUrl}";
        await using var service = await (isElsewhere ? RunningService.StartElsewhereAsync(url) : RunningService.StartAsync(url));
        await using var client = await SocketClient.ConnectAsync(service);
        string[][] contexts = [["😀"], ["👍🏽 🎉!"], ["... ", "❤️"], ["😀", ""], ["😀 ", "🎉 ", " "]];
        for (var i = 0; i < contexts.Length; i++)
        {
            var heard = await SpeakAsync(client, $"emoji-{i}", contexts[i]);

            Assert.True(heard.IsDone, $"{string.Concat(contexts[i])}: {heard.ErrorCode}");
            Assert.Empty(heard.Audio);
            Assert.Equal(string.Concat(contexts[i]).Split(' ', StringSplitOptions.RemoveEmptyEntries), heard.Words.Select(word => word.Word));
        }
    }

    /// <summary>As at Cartesia: the only text of a context must be more than punctuation.</summary>
    [Theory]
    [InlineData("...")]
    [InlineData("!!! — ?")]
    [InlineData(" ")]
    [InlineData("")]
    public async Task MarksAlone_InOneMessage_AreAnErrorAndInSeveralDone(string marks)
    {
        await using var voice = await StartVoiceAsync();
        await using var service = await RunningService.StartAsync($"Upstreams:main:Url={voice.WebSocketUrl}");
        await using var client = await SocketClient.ConnectAsync(service);

        Assert.Equal("empty_transcript", (await SpeakAsync(client, "one", marks)).ErrorCode);
        Assert.True((await SpeakAsync(client, "two", marks, "")).IsDone);
        Assert.True((await SpeakAsync(client, "three", marks, " ", marks)).IsDone);
    }

    [Fact]
    public async Task MarksOrEmojiAlone_InAPushOfAContextThatSpeaks_HaveAWordTime()
    {
        await using var voice = await StartVoiceAsync();
        await using var service = await RunningService.StartAsync($"Upstreams:main:Url={voice.WebSocketUrl}");
        await using var client = await SocketClient.ConnectAsync(service);

        var heard = await SpeakAsync(client, "c", "... ", "Well. ", "!!! ", "😀 ", "— ", "Yes.", " ...");

        Assert.Equal(["...", "Well.", "!!!", "😀", "—", "Yes.", "..."], heard.Words.Select(word => word.Word));
    }

    [Fact]
    public async Task EmojiAlone_OverHttp_IsAnEmptyRecording()
    {
        await using var voice = await StartVoiceAsync();
        await using var service = await RunningService.StartAsync($"Upstreams:main:Url={voice.WebSocketUrl}");
        using var http = new HttpClient { BaseAddress = service.Http };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/tts/bytes") { Content = new StringContent(Speaking.Body().With("transcript", "😀").ToJsonString()) };
        request.Headers.Add("X-API-Key", "acme-key");

        using var response = await http.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.InRange((await response.Content.ReadAsByteArrayAsync(Cancellation)).Length, 0, 100);
    }

    private static async Task<HeardContext> SpeakAsync(SocketClient client, string id, params string[] pushes)
    {
        for (var i = 0; i < pushes.Length; i++)
        {
            await client.PushAsync(id, pushes[i], more: i + 1 < pushes.Length, change: static message => message["add_timestamps"] = true);
        }

        return await client.WhenEndedAsync(id);
    }

    private static Task<LocalVoiceServer> StartVoiceAsync() => LocalVoiceServer.StartAsync(
        new LocalVoiceOptions { Engine = LocalVoiceEngine.Tones, RealtimeFactor = 0 }, NullLoggerFactory.Instance, TimeProvider.System, Cancellation);
}
