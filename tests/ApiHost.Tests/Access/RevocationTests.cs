using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Access;

/// <summary>What is open when its key is revoked.</summary>
public sealed class RevocationTests : IAsyncLifetime
{
    private const WebSocketCloseStatus Revoked = (WebSocketCloseStatus)4401;

    private readonly TestTenantsFile _file = new();
    private RunningService _service = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _file.Set("carol", ["carol-key", "carol-other-key"]);
        _service = await RunningService.StartAsync(_file.Setting);
        _service.Upstream.When("Hold", static (context, message) => message.IsCancel ? ScriptedContext.Answer(context, message) : Task.CompletedTask);
    }

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        _file.Dispose();
    }

    [Fact]
    public async Task Socket_GetsATerminalErrorForEachContextAndCode4401()
    {
        await using var client = await SocketClient.ConnectAsync(_service, "carol");
        await using var other = await SocketClient.ConnectAsync(_service, "carol-other");
        await client.PushAsync("a", "Hold on.");
        await client.PushAsync("b", "Hold on.");
        await _service.Upstream.Changes.WhenAsync(() => _service.Upstream.ContextsOf("Hold").Count == 2, Token);

        Revoke();

        await client.WhenClosedAsync();
        Assert.Equal((Revoked, "the credential was revoked or has expired"), (client.CloseStatus!.Value, client.CloseReason));
        foreach (var context in new[] { "a", "b" })
        {
            var end = client.Find(context)!.End!.Value;
            Assert.Equal(("credential_revoked", 401), (end.GetProperty("error_code").GetString(), end.GetProperty("status_code").GetInt32()));
        }

        // Of another key of the tenant nothing ends, and nothing of the revoked one is left.
        await other.PushAsync("c", "Still here.", more: false);
        Assert.True((await other.WhenEndedAsync("c")).IsDone);
        await Eventually.IsAsync(() => _service.CountOpenAsync("carol"), (0, 0, 0, 0), Token);
        var refused = await Assert.ThrowsAsync<WebSocketException>(() => SocketClient.ConnectAsync(_service, "carol"));
        Assert.Contains("401", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Socket_WithoutAContext_IsClosedWith4401()
    {
        await using var client = await SocketClient.ConnectAsync(_service, "carol");

        Revoke();

        await client.WhenClosedAsync();
        Assert.Equal(Revoked, client.CloseStatus);
        Assert.Empty(client.StrayErrors);
    }

    [Fact]
    public async Task SocketOfAToken_EndsWithTheKeyThatCreatedIt()
    {
        var token = await CreateTokenAsync("""{"grants":{"tts":true}}""");
        await using var client = await SocketClient.ConnectAsync(new Uri($"{_service.WebSocket}?access_token={token}"));

        Revoke();

        await client.WhenClosedAsync();
        Assert.Equal(Revoked, client.CloseStatus);
        await Assert.ThrowsAsync<WebSocketException>(() => SocketClient.ConnectAsync(new Uri($"{_service.WebSocket}?access_token={token}")));
    }

    [Fact]
    public async Task Listener_GetsATerminalErrorAndCode4401()
    {
        await using var client = await SocketClient.ConnectAsync(_service, "carol-other", session: "call-1");
        await client.PushAsync("a", "Said before.", more: false);
        await client.WhenEndedAsync("a");
        await using var listener = await ListenerClient.ConnectAsync(ListenUrl("call-1"), options => options.SetRequestHeader("X-API-Key", "carol-key"));
        await listener.WhenAsync(heard => heard.Events.Count > 0);

        Revoke();

        await listener.WhenClosedAsync();
        var last = listener.Events[^1];
        Assert.Equal(("error", "call-1", "credential_revoked"), (Text(last, "type"), Text(last, "session_id"), Text(last, "error_code")));
        Assert.Equal(Revoked, listener.CloseStatus);
    }

    [Fact]
    public async Task ListenerOverServerSentEvents_GetsATerminalErrorEvent()
    {
        await using var client = await SocketClient.ConnectAsync(_service, "carol-other", session: "call-2");
        await client.PushAsync("a", "Said before.", more: false);
        await client.WhenEndedAsync("a");
        using var http = CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/sessions/call-2/audio?from=start");
        request.Headers.Accept.ParseAdd("text/event-stream");
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);

        Revoke();

        var events = await response.Content.ReadAsStringAsync(Token);
        Assert.EndsWith("\n\n", events, StringComparison.Ordinal);
        var last = events.TrimEnd().Split("\n\n")[^1];
        Assert.StartsWith("event: error\ndata: ", last, StringComparison.Ordinal);
        Assert.Equal("credential_revoked", Text(JsonDocument.Parse(last.Split("data: ")[1]).RootElement, "error_code"));
    }

    [Fact]
    public async Task SpeechOverServerSentEvents_BeforeItsFirstEvent_Is401()
    {
        using var http = CreateClient();
        var answer = http.PostAsJsonAsync("/tts/sse", Body("Hold on."), Token);
        await _service.Upstream.Changes.WhenAsync(() => _service.Upstream.ContextsOf("Hold").Count == 1, Token);

        Revoke();

        using var response = await answer;
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Contains("credential_revoked", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        await Eventually.IsAsync(() => _service.CountOpenAsync("carol"), (0, 0, 0, 0), Token);
    }

    [Fact]
    public async Task SpeechOverServerSentEvents_BehindItsFirstEvent_EndsWithAnErrorEvent()
    {
        _service.Upstream.When("Half", static (context, message) =>
        {
            context.Speak("Half");
            return message.IsCancel ? ScriptedContext.Answer(context, message) : Task.CompletedTask;
        });
        using var http = CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/tts/sse") { Content = JsonContent.Create(Body("Half a sentence.")) };
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);

        Revoke();

        var events = (await response.Content.ReadAsStringAsync(Token)).TrimEnd().Split("\n\n");
        Assert.StartsWith("event: chunk\n", events[0], StringComparison.Ordinal);
        var last = events[^1];
        Assert.StartsWith("event: error\ndata: ", last, StringComparison.Ordinal);
        var error = JsonDocument.Parse(last.Split("data: ")[1]).RootElement;
        Assert.Equal(("credential_revoked", true), (Text(error, "error_code"), error.TryGetProperty("context_id", out _)));
    }

    [Fact]
    public async Task RequestsUnderWay_AreCut()
    {
        using var http = CreateClient();
        var answer = http.PostAsJsonAsync("/tts/bytes", Body("Hold on."), Token);
        await _service.Upstream.Changes.WhenAsync(() => _service.Upstream.ContextsOf("Hold").Count == 1, Token);

        Revoke();

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => answer);
        await Eventually.IsAsync(() => _service.CountOpenAsync("carol"), (0, 0, 0, 0), Token);
    }

    private void Revoke() => _file.Set("carol", ["carol-other-key"]);

    private static JsonObject Body(string text)
    {
        var body = SocketClient.Message("x", text);
        body.Remove("continue");
        body.Remove("context_id");
        return body;
    }

    private static string? Text(JsonElement json, string member) => json.GetProperty(member).GetString();

    private Uri ListenUrl(string session) => new UriBuilder(_service.WebSocket) { Path = $"/v1/sessions/{session}/audio", Query = "from=start" }.Uri;

    private HttpClient CreateClient()
    {
        var http = new HttpClient { BaseAddress = _service.Http };
        http.DefaultRequestHeaders.Add("X-API-Key", "carol-key");
        return http;
    }

    private async Task<string> CreateTokenAsync(string body)
    {
        using var http = CreateClient();
        using var response = await http.PostAsync("/access-token", new StringContent(body), Token);
        return Text(JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token)).RootElement, "token")!;
    }
}
