using System.Net;
using System.Text.Json;

namespace TtsGrains.ApiHost.Tests.Http;

public sealed class SseTests(ProgramFixture fixture)
{
    private readonly RunningProgram _program = fixture.Program;

    [Fact]
    public async Task Sse_WithTimestamps_IsTheFramesOfTheSocketAndThenOneDone()
    {
        using var response = await _program.Client.SpeakAsync(
            "/tts/sse", Speaking.Body().With("context_id", "c-1").With("add_timestamps", true), TestContext.Current.CancellationToken);

        var events = await response.ReadEventsAsync(TestContext.Current.CancellationToken);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        Assert.All(events, e => Assert.Equal("c-1", e.GetProperty("context_id").GetString()));
        Assert.All(events, e => Assert.Equal(206, e.GetProperty("status_code").GetInt32()));
        Assert.All(events.SkipLast(1), e => Assert.False(e.GetProperty("done").GetBoolean()));
        Assert.Equal("done", events[^1].GetProperty("type").GetString());
        Assert.True(events[^1].GetProperty("done").GetBoolean());
        var words = events.Where(e => IsOf(e, "timestamps")).SelectMany(e => e.GetProperty("word_timestamps").GetProperty("words").EnumerateArray());
        Assert.Equal(["Stay", "hungry,", "stay", "foolish."], words.Select(word => word.GetString()!));
        Assert.All(events.Where(e => IsOf(e, "chunk")), e => Assert.True(e.GetProperty("step_time").GetDouble() >= 0));
    }

    [Fact]
    public async Task Sse_Decoded_IsTheSameAudioAsBytes()
    {
        using var sse = await _program.Client.SpeakAsync("/tts/sse", Speaking.Body(), TestContext.Current.CancellationToken);
        using var bytes = await _program.Client.SpeakAsync("/tts/bytes", Speaking.Body(), TestContext.Current.CancellationToken);

        var events = await sse.ReadEventsAsync(TestContext.Current.CancellationToken);
        var audio = events.Where(e => IsOf(e, "chunk")).SelectMany(e => e.GetProperty("data").GetBytesFromBase64()).ToArray();
        Assert.Equal(await bytes.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken), audio);
    }

    [Fact]
    public async Task Sse_WithoutTimestampsAsked_HasNone()
    {
        using var response = await _program.Client.SpeakAsync("/tts/sse", Speaking.Body().With("flush", true), TestContext.Current.CancellationToken);

        var events = await response.ReadEventsAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["chunk", "done"], events.Select(e => e.GetProperty("type").GetString()!).Distinct());
    }

    [Fact]
    public async Task Sse_AnyContainerButRaw_IsRefused()
    {
        using var response = await _program.Client.SpeakAsync("/tts/sse", Speaking.Body("wav"), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("raw here", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static bool IsOf(JsonElement element, string type) => element.GetProperty("type").GetString() == type;
}
