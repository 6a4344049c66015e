using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TtsGrains.ApiHost.Tests.Http;

public sealed class RefusalTests(ProgramFixture fixture)
{
    private readonly RunningProgram _program = fixture.Program;

    public static TheoryData<string, string, string> WrongBodies => new()
    {
        { "{", "invalid_json", "line 1" },
        { Speaking.Body().With("transcript", null).ToJsonString(), "invalid_request", "transcript" },
        { Speaking.Body().With("transcript", 5).ToJsonString(), "invalid_request", "transcript" },
        { Speaking.Body().With("voice", null).ToJsonString(), "invalid_request", "voice" },
        { Speaking.Body().With("model_id", "gpt-9").ToJsonString(), "model_not_found", "gpt-9" },
        { Speaking.Body(sampleRate: 40).ToJsonString(), "invalid_output_format", "40" },
        { Speaking.Body(encoding: "pcm_s24le").ToJsonString(), "invalid_output_format", "pcm_s24le" },
        { Speaking.Body("ogg").ToJsonString(), "invalid_output_format", "ogg" },
        { Speaking.Body("mp3").WithFormat("bit_rate", 31_000).ToJsonString(), "invalid_output_format", "31000" },
        { Speaking.Body().With("language", "en").With("locale", "en-GB").ToJsonString(), "invalid_request", "locale" },
        { Speaking.Body().With("transcript", " ...").ToJsonString(), "empty_transcript", "something to say" },
        { Speaking.Body().With("transcript", new string('a', 10_001)).ToJsonString(), "transcript_too_long", "10000" },
        { Speaking.Body().With("padding", new string('a', 1024 * 1024)).ToJsonString(), "message_too_long", "1048576" },
    };

    [Theory]
    [MemberData(nameof(WrongBodies))]
    public async Task Bytes_WrongBody_Is400WithTheReason(string body, string code, string named)
    {
        using var response = await _program.Client.SendAsync(Speaking.Request("/tts/bytes", body), TestContext.Current.CancellationToken);

        var error = await ReadErrorAsync(response, HttpStatusCode.BadRequest);
        Assert.Equal(code, error["error_code"]!.GetValue<string>());
        Assert.Contains(named, error["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("false", Assert.Single(response.Headers.GetValues("X-Should-Retry")));
    }

    [Fact]
    public async Task Bytes_BodyOfUnknownLengthPastTheLimit_IsRefused()
    {
        var request = Speaking.Request("/tts/bytes", Speaking.Body().With("padding", new string('a', 1024 * 1024)).ToJsonString());
        request.Headers.TransferEncodingChunked = true;
        using var response = await _program.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal("message_too_long", (await ReadErrorAsync(response, HttpStatusCode.BadRequest))["error_code"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("/tts/bytes")]
    [InlineData("/tts/sse")]
    public async Task Speaking_WhatTheUpstreamRefuses_HasItsStatus(string path)
    {
        using var response = await _program.Client.SpeakAsync(path, Speaking.Body().With("language", "tlh"), TestContext.Current.CancellationToken);

        await ReadErrorAsync(response, HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("2025-11-04")]
    [InlineData("2024-06-10")]
    public async Task Bytes_OlderVersion_GetsTextInsteadOfJson(string version)
    {
        using var response = await _program.Client.SendAsync(Speaking.Request("/tts/bytes", "{}", version), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("text/plain", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("Invalid request: transcript is required.", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("POST", "/tts/bytes")]
    [InlineData("POST", "/tts/sse")]
    [InlineData("GET", "/tts/websocket")]
    [InlineData("GET", "/voices")]
    [InlineData("GET", "/voices/x")]
    [InlineData("POST", "/access-token")]
    public async Task AnyPath_WithoutAValidKey_Is401(string method, string path)
    {
        using var client = _program.Connect();
        foreach (var query in (string[])["", "?api_key=nobody", "?access_token=tok_AAAA", "?access_token=tok_*"])
        {
            using var response = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path + query), TestContext.Current.CancellationToken);

            Assert.Equal("unauthorized", (await ReadErrorAsync(response, HttpStatusCode.Unauthorized))["error_code"]!.GetValue<string>());
        }
    }

    [Theory]
    [InlineData("GET", "/nowhere", HttpStatusCode.NotFound)]
    [InlineData("POST", "/infill/bytes", HttpStatusCode.NotFound)]
    [InlineData("GET", "/tts/bytes", HttpStatusCode.MethodNotAllowed)]
    [InlineData("GET", "/tts/websocket", HttpStatusCode.UpgradeRequired)]
    [InlineData("GET", "/voices/nobody", HttpStatusCode.NotFound)]
    public async Task AnyPath_ThatIsNotServed_SaysSoInTheCommonForm(string method, string path, HttpStatusCode status)
    {
        using var response = await _program.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), TestContext.Current.CancellationToken);

        await ReadErrorAsync(response, status);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/voices")]
    [InlineData("/health/live")]
    public async Task AnyPath_ThatIsServed_HasARequestId(string path)
    {
        using var response = await _program.Client.GetAsync(path, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(Guid.TryParse(Assert.Single(response.Headers.GetValues("X-Request-Id")), out _));
    }

    [Fact]
    public async Task Bytes_SessionIdTooLong_IsRefused()
    {
        using var response = await _program.Client.SpeakAsync(
            "/tts/bytes?session_id=" + new string('s', 257), Speaking.Body(), TestContext.Current.CancellationToken);

        Assert.Contains("session_id", (await ReadErrorAsync(response, HttpStatusCode.BadRequest))["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    private static async Task<JsonNode> ReadErrorAsync(HttpResponseMessage response, HttpStatusCode status)
    {
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        Assert.Equal(Assert.Single(response.Headers.GetValues("X-Request-Id")), error["request_id"]!.GetValue<string>());
        Assert.NotEqual("", error["title"]!.GetValue<string>());
        Assert.Equal(JsonValueKind.String, error["message"]!.GetValueKind());
        return error;
    }
}
