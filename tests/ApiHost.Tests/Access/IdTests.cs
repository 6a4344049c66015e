using System.Net;
using System.Text.Json.Nodes;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.ApiHost.Tests.Sessions;
using TtsGrains.Protocol.Requests;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Access;

/// <summary>Hostile session ids and context ids on every way in.</summary>
public sealed class IdTests(ServiceFixture fixture) : IDisposable
{
    private static readonly string TenThousand = new('x', 10_000);

    private readonly ArchiveClient _archive = new(fixture.Service);

    // As they are after percent-decoding.
    public static TheoryData<string> WrongIds =>
    [
        "a/b", "../other", "a\\b", "a%2Fb", "%2e%2e", "a\r\nX-Injected: 1", "a\0", "\u0001", "\u007f", "é", "\u202egnirts", "😀", " a", "a ", new string('x', IdRule.MaxLength + 1), TenThousand,
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _archive.Dispose();

    [Theory]
    [MemberData(nameof(WrongIds))]
    public async Task SessionId_WrongOnAnyRoute_Is400ThatNamesTheRule(string id)
    {
        var escaped = Uri.EscapeDataString(id);
        (string Method, string Target, string Field)[] attacks =
        [
            ("GET", $"/v1/sessions/{escaped}", "session"),
            ("DELETE", $"/v1/sessions/{escaped}", "session"),
            ("PUT", $"/v1/sessions/{escaped}/hold", "session"),
            ("DELETE", $"/v1/sessions/{escaped}/hold", "session"),
            ("GET", $"/v1/sessions/{escaped}/recording.wav", "session"),
            ("GET", $"/v1/sessions/{escaped}/contexts/1/manifest", "session"),
            ("GET", $"/v1/sessions/{escaped}/contexts/1/segments/1.wav", "session"),
            ("GET", $"/v1/sessions/{escaped}/audio", "session"),
            ("GET", $"/v1/sessions/{escaped}/audio.wav", "session"),
            ("GET", $"/tts/websocket?session_id={escaped}", "session_id"),
            ("GET", $"/tts/websocket?resume={escaped}", "resume"),
            ("GET", $"/tts/websocket?resume={escaped}:1", "resume"),
            ("POST", $"/tts/bytes?session_id={escaped}", "session_id"),
            ("POST", $"/tts/sse?session_id={escaped}", "session_id"),
        ];
        foreach (var (method, target, field) in attacks)
        {
            var answer = await RawHttp.SendAsync(fixture.Service.Http, method, target);

            Assert.True(answer.StartsWith("HTTP/1.1 400 ", StringComparison.Ordinal), $"{method} {target}: {answer}");
            if (id.Contains('\0', StringComparison.Ordinal) && field == "session")
            {
                // The server itself refuses a path with a null byte, without a body.
                continue;
            }

            Assert.Contains($"{field} must be {JsonNode.Parse($"\"{IdRule.Text.Replace("\\", "\\\\", StringComparison.Ordinal)}\"")!.ToJsonString().Trim('"')}", answer, StringComparison.Ordinal);
            Assert.DoesNotContain("X-Injected: 1", answer, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(WrongIds))]
    public async Task ContextId_Wrong_IsOneErrorEventAndTheSocketLivesOn(string id)
    {
        await using var client = await fixture.ConnectAsync();
        await client.PushAsync(id, "Never spoken.", more: false);

        var refused = await client.WhenEndedAsync(id);
        await client.PushAsync("good", "Spoken.", more: false);

        Assert.Equal("invalid_request", refused.ErrorCode);
        Assert.True((await client.WhenEndedAsync("good")).IsDone);
    }

    [Theory]
    [MemberData(nameof(WrongIds))]
    public async Task ContextId_WrongInACancel_IsOneErrorEventAndTheSocketLivesOn(string id)
    {
        await using var client = await fixture.ConnectAsync();
        await client.SendAsync(id, new JsonObject { ["cancel"] = true, ["context_id"] = id }.ToJsonString());

        Assert.Equal("invalid_request", (await client.WhenEndedAsync(id)).ErrorCode);
        await client.WhenReadAsync();
    }

    [Theory]
    [InlineData("/tts/bytes")]
    [InlineData("/tts/sse")]
    public async Task ContextId_WrongOverHttp_Is400ThatNamesTheRule(string path)
    {
        using var http = new HttpClient { BaseAddress = fixture.Service.Http };
        http.DefaultRequestHeaders.Add("X-API-Key", "acme-key");
        foreach (var id in WrongIds.Select(row => row.Data))
        {
            using var answer = await http.PostAsync(path, new StringContent(SocketClient.Message(id, "Hi.").ToJsonString()), Token);

            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Contains("context_id must be 1 to", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("a%2Fb:0")]
    [InlineData("%C3%A9:0")]
    [InlineData("..:0")]
    public async Task ContextId_WrongInAListenersPosition_Is400(string position)
        => Assert.Contains(
            "from must be", await RawHttp.SendAsync(fixture.Service.Http, "GET", $"/v1/sessions/none/audio.wav?from={position}"), StringComparison.Ordinal);

    [Theory]
    [InlineData("DELETE", "/v1/sessions/{0}/../other")]
    [InlineData("DELETE", "/v1/sessions/other/../{0}")]
    [InlineData("DELETE", "/v1/sessions/other/%2e%2e/{0}")]
    [InlineData("DELETE", "/v1/sessions/other/%2E./{0}")]
    [InlineData("DELETE", "/v1/sessions/./{0}")]
    [InlineData("DELETE", "/v1/sessions/{0}/.")]
    [InlineData("DELETE", "/v1/sessions/{0}%2F..%2Fother")]
    [InlineData("DELETE", "/v1/sessions/other%2F..%2F{0}")]
    [InlineData("DELETE", "http://localhost/v1/sessions/other/../{0}")]
    [InlineData("DELETE", "http://localhost/v1/sessions/other%2F..%2F{0}")]
    public async Task Path_WithDotSegmentsOrEscapedSlashes_Is400AndErasesNothing(string method, string target)
    {
        var session = $"s-{Guid.NewGuid():N}";
        await SpeakAsync(session);

        var answer = await RawHttp.SendAsync(fixture.Service.Http, method, string.Format(null, target, session));

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Equal(1, (await _archive.GetAsync($"/v1/sessions/{session}")).GetProperty("totals").GetProperty("contexts").GetInt32());
    }

    [Theory]
    [InlineData(".")]
    [InlineData("..")]
    public async Task SessionId_Dots_CannotBeOpened(string id)
        => Assert.StartsWith("HTTP/1.1 400 ", await RawHttp.SendAsync(fixture.Service.Http, "POST", $"/tts/bytes?session_id={id}"), StringComparison.Ordinal);

    [Theory]
    [InlineData("call 1")]
    [InlineData("a84b4c76e66710@pc33.example.com")]
    [InlineData("turn#3?retry=1&x=[a]{b}+c;d,\"e\"")]
    [InlineData("...")]
    [InlineData("~")]
    public async Task SessionIdAndContextId_OddButAllowed_AreSpokenReadAndErased(string odd)
    {
        var session = $"{odd}{Guid.NewGuid():N}{odd}";
        await using (var client = await SocketClient.ConnectAsync(fixture.Service, session: session))
        {
            await client.PushAsync(session, "Hi.", more: false);
            Assert.True((await client.WhenEndedAsync(session)).IsDone);
            Assert.Equal(session, client.HeaderOf("X-Session-Id"));

            // A client that only vanishes may come back: its session stays live, and the live recording open, for Contexts:ReconnectTimeout.
            await client.CloseAsync();
            await client.WhenClosedAsync();
        }

        await Eventually.IsTrueAsync(() => fixture.Service.IsFinished(session), Token);
        await fixture.Service.WhenStoredAsync(Token);
        var root = $"/v1/sessions/{Uri.EscapeDataString(session)}";

        Assert.Equal(session, (await _archive.GetAsync($"{root}/contexts/1/manifest")).GetProperty("context_id").GetString());
        Assert.NotEmpty(await _archive.DownloadAsync($"{root}/audio.wav?from={Uri.EscapeDataString(session)}:0"));
        using var erased = await _archive.SendAsync(HttpMethod.Delete, root);
        Assert.Equal(HttpStatusCode.NoContent, erased.StatusCode);
        await _archive.RefusedAsync(HttpMethod.Get, root, HttpStatusCode.NotFound, "session_not_found");
    }

    private async Task SpeakAsync(string session)
    {
        await using var client = await SocketClient.ConnectAsync(fixture.Service, session: session);
        await client.PushAsync("c", "Hi.", more: false);
        await client.WhenEndedAsync("c");
        await Eventually.IsTrueAsync(() => fixture.Service.IsFinished(session), Token);
        await fixture.Service.WhenStoredAsync(Token);
    }
}
