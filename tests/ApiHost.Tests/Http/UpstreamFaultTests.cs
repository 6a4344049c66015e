using System.Net;

namespace TtsGrains.ApiHost.Tests.Http;

/// <summary>What becomes of an answer when the upstream does something other than to speak nicely.</summary>
public sealed class UpstreamFaultTests
{
    private const string Chunk = """{"type":"chunk","context_id":"$id","status_code":206,"done":false,"data":"AAECAwQFBgc=","step_time":1}""";
    private const string EscapedChunk = """{"type":"chunk","context_id":"$id","status_code":206,"done":false,"data":"\/\u002b8\/","step_time":1}""";
    private const string BrokenChunk = """{"type":"chunk","context_id":"$id","status_code":206,"done":false,"data":"****","step_time":1}""";
    private const string Error = """{"type":"error","context_id":"$id","status_code":500,"done":true,"title":"Broken","message":"It broke."}""";
    private const string Done = """{"type":"done","context_id":"$id","status_code":206,"done":true}""";

    private const string WordsOnManyLines =
        "{\"type\":\"timestamps\",\"context_id\":\"$id\",\"status_code\":206,\"done\":false,\"word_timestamps\":{\r\n\"words\":[\"a\"],\n\"start\":[0],\n\"end\":[1]}}";

    [Fact]
    public async Task Bytes_ErrorAfterAudio_BreaksTheConnection()
    {
        await using var upstream = await FrameUpstream.StartAsync(TestContext.Current.CancellationToken, Chunk, Error);
        await using var program = await StartAsync(upstream);

        // The break may reach the client before it has read the head.
        var broken = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            using var response = await program.Client.SpeakAsync("/tts/bytes", Speaking.Body(), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        });
        Assert.True(broken is HttpRequestException or IOException, broken.ToString());
    }

    [Theory]
    [InlineData("/tts/bytes")]
    [InlineData("/tts/sse")]
    public async Task Speaking_ErrorBeforeAudio_IsAStatusThatIsNotRetried(string path)
    {
        await using var upstream = await FrameUpstream.StartAsync(TestContext.Current.CancellationToken, Error);
        await using var program = await StartAsync(upstream);
        using var response = await program.Client.SpeakAsync(path, Speaking.Body(), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal("false", Assert.Single(response.Headers.GetValues("X-Should-Retry")));
        Assert.Contains("It broke.", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sse_ErrorAfterAudio_IsTheLastEvent()
    {
        await using var upstream = await FrameUpstream.StartAsync(TestContext.Current.CancellationToken, Chunk, Error);
        await using var program = await StartAsync(upstream);
        using var response = await program.Client.SpeakAsync("/tts/sse", Speaking.Body(), TestContext.Current.CancellationToken);

        var events = await response.ReadEventsAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["chunk", "error"], events.Select(e => e.GetProperty("type").GetString()!));
        Assert.Equal("It broke.", events[^1].GetProperty("message").GetString());
        Assert.Equal(500, events[^1].GetProperty("status_code").GetInt32());
    }

    [Fact]
    public async Task Bytes_EscapedBase64_IsDecoded()
    {
        await using var upstream = await FrameUpstream.StartAsync(TestContext.Current.CancellationToken, Chunk, EscapedChunk, Done);
        await using var program = await StartAsync(upstream);
        using var response = await program.Client.SpeakAsync("/tts/bytes", Speaking.Body(), TestContext.Current.CancellationToken);

        var audio = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 0xFF, 0xEF], audio);
    }

    /// <summary>A recording with a hole would look whole.</summary>
    [Fact]
    public async Task Sse_AudioThatCannotBeDecoded_EndsWithAnError()
    {
        await using var upstream = await FrameUpstream.StartAsync(TestContext.Current.CancellationToken, Chunk, BrokenChunk, Chunk, Done);
        await using var program = await StartAsync(upstream);
        using var response = await program.Client.SpeakAsync("/tts/sse", Speaking.Body(), TestContext.Current.CancellationToken);

        var events = await response.ReadEventsAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["chunk", "error"], events.Select(e => e.GetProperty("type").GetString()!));
        Assert.Equal("upstream_garbled", events[^1].GetProperty("error_code").GetString());
    }

    [Fact]
    public async Task Sse_TimestampsThatComeOnManyLines_AreOneLine()
    {
        await using var upstream = await FrameUpstream.StartAsync(TestContext.Current.CancellationToken, Chunk, WordsOnManyLines, Done);
        await using var program = await StartAsync(upstream);
        using var response = await program.Client.SpeakAsync(
            "/tts/sse", Speaking.Body().With("add_timestamps", true), TestContext.Current.CancellationToken);

        var events = await response.ReadEventsAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["chunk", "timestamps", "done"], events.Select(e => e.GetProperty("type").GetString()!));
        Assert.Equal("a", events[1].GetProperty("word_timestamps").GetProperty("words")[0].GetString());
    }

    private static Task<RunningProgram> StartAsync(FrameUpstream upstream)
        => RunningProgram.StartAsync(TestContext.Current.CancellationToken, ("Upstreams:main:Url", upstream.Url), ("Contexts:RecoveryTimeout", "00:00:01"));
}
