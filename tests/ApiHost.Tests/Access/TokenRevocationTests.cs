using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using TtsGrains.ApiHost.Tests.Audit;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Access;

/// <summary>One access token that is revoked, while its key and the key's other tokens stay valid.</summary>
public sealed class TokenRevocationTests : IAsyncLifetime
{
    private const WebSocketCloseStatus Revoked = (WebSocketCloseStatus)4401;

    private static readonly string[] Keys =
    [
        $"Tenants:acme:Keys:1={new ApiKey(ApiKey.HashOf("admin-key")) { Scopes = Scopes.Admin }}",
        $"Tenants:acme:Keys:2={ApiKey.HashOf("acme-other-key")}",
        $"Tenants:ops:Keys:0={new ApiKey(ApiKey.HashOf("ops-key")) { Scopes = Scopes.Operator }}",
    ];

    private RunningService _service = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _service = await RunningService.StartAsync(Keys);
        _service.Upstream.When("Hold", static (context, message) => message.IsCancel ? ScriptedContext.Answer(context, message) : Task.CompletedTask);
    }

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task Socket_EndsWithATerminalErrorAndCode4401_AndNoOther()
    {
        var (token, id) = await CreateAsync(_service);
        var (otherToken, _) = await CreateAsync(_service);
        await using var client = await ConnectAsync(token);
        await using var other = await ConnectAsync(otherToken);
        await using var ofKey = await SocketClient.ConnectAsync(_service);
        await client.PushAsync("a", "Hold on.");
        await _service.Upstream.Changes.WhenAsync(() => _service.Upstream.ContextsOf("Hold").Count == 1, Token);

        Assert.Equal(HttpStatusCode.NoContent, await RevokeAsync("acme-key", id));

        await client.WhenClosedAsync();
        var end = client.Find("a")!.End!.Value;
        Assert.Equal(
            (Revoked, "credential_revoked", 401), (client.CloseStatus!.Value, end.GetProperty("error_code").GetString(), end.GetProperty("status_code").GetInt32()));
        var refused = await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(token));
        Assert.Contains("401", refused.Message, StringComparison.Ordinal);
        foreach (var (socket, context) in new[] { (other, "b"), (ofKey, "c") })
        {
            await socket.PushAsync(context, "Still here.", more: false);
            Assert.True((await socket.WhenEndedAsync(context)).IsDone);
        }
    }

    [Fact]
    public async Task Listener_EndsWithATerminalErrorAndCode4401()
    {
        var (token, id) = await CreateAsync(_service);
        await using var client = await SocketClient.ConnectAsync(_service, session: "call-1");
        await client.PushAsync("a", "Said before.", more: false);
        await client.WhenEndedAsync("a");
        await using var listener = await ListenerClient.ConnectAsync(
            new UriBuilder(_service.WebSocket) { Path = "/v1/sessions/call-1/audio", Query = "from=start" }.Uri, options => options.SetRequestHeader("X-API-Key", token));
        await listener.WhenAsync(heard => heard.Events.Count > 0);

        Assert.Equal(HttpStatusCode.NoContent, await RevokeAsync("admin-key", id));

        await listener.WhenClosedAsync();
        Assert.Equal(("credential_revoked", Revoked), (listener.Events[^1].GetProperty("error_code").GetString(), listener.CloseStatus));
    }

    [Fact]
    public async Task Revocation_OutlivesARestart()
    {
        var folder = Directory.CreateTempSubdirectory("tts-revoked-");
        string id, token, other;
        await using (var service = await RunningService.StartAsync([.. Keys, $"Data={folder.FullName}"]))
        {
            (token, id) = await CreateAsync(service);
            (other, _) = await CreateAsync(service);
            Assert.Equal(HttpStatusCode.NoContent, await RevokeAsync("acme-key", id, service));
        }

        await using (var service = await RunningService.StartAsync([.. Keys, $"Data={folder.FullName}"]))
        {
            using var client = new AuditClient(service, "admin-key");
            Assert.Equal(HttpStatusCode.OK, await client.SendAsync(HttpMethod.Get, "/voices", other));
            Assert.Equal(HttpStatusCode.Unauthorized, await client.SendAsync(HttpMethod.Get, "/voices", token));
        }

        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Revocation_IsForTheKeyThatCreatedTheToken_AnAdministratorAndAnOperator()
    {
        var (token, id) = await CreateAsync(_service);
        using var client = new AuditClient(_service, "admin-key");

        Assert.Equal(HttpStatusCode.Forbidden, await RevokeAsync("acme-other-key", id));
        Assert.Equal(HttpStatusCode.Forbidden, await RevokeAsync("bolt-key", id));
        Assert.Equal(HttpStatusCode.OK, await client.SendAsync(HttpMethod.Get, "/voices", token));

        foreach (var key in (string[])["acme-key", "admin-key"])
        {
            (token, id) = await CreateAsync(_service);
            Assert.Equal(HttpStatusCode.NoContent, await RevokeAsync(key, id));
            Assert.Equal(HttpStatusCode.NoContent, await RevokeAsync(key, id));
            Assert.Equal(HttpStatusCode.Unauthorized, await client.SendAsync(HttpMethod.Get, "/voices", token));
        }

        (token, id) = await CreateAsync(_service);
        Assert.Equal(HttpStatusCode.NotFound, await client.SendAsync(HttpMethod.Delete, $"/v1/admin/tenants/bolt/access-tokens/{id}", "ops-key"));
        Assert.Equal(HttpStatusCode.NoContent, await client.SendAsync(HttpMethod.Delete, $"/v1/admin/tenants/acme/access-tokens/{id}", "ops-key"));
        Assert.Equal(HttpStatusCode.Unauthorized, await client.SendAsync(HttpMethod.Get, "/voices", token));
        var entry = (await client.EntriesAsync()).Last(entry => (AuditClient.Text(entry, "action"), AuditClient.Text(entry, "result")) == ("token.revoke", "done"));
        Assert.Equal((id, $"ops/{new ApiKey(ApiKey.HashOf("ops-key")).Id}"), (AuditClient.Text(entry, "target"), AuditClient.Text(entry, "by")));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("0123456789abcdef0123456789abcdef")]
    public async Task Revocation_OfNoToken_Is404(string id) => Assert.Equal(HttpStatusCode.NotFound, await RevokeAsync("admin-key", id));

    private Task<SocketClient> ConnectAsync(string token) => SocketClient.ConnectAsync(new Uri($"{_service.WebSocket}?access_token={token}"));

    private async Task<HttpStatusCode> RevokeAsync(string key, string id, RunningService? service = null)
    {
        using var client = new AuditClient(service ?? _service, key);
        return await client.SendAsync(HttpMethod.Delete, $"/v1/access-tokens/{id}", key);
    }

    private static async Task<(string Token, string Id)> CreateAsync(RunningService service)
    {
        using var http = new HttpClient { BaseAddress = service.Http };
        http.DefaultRequestHeaders.Add("X-API-Key", "acme-key");
        using var response = await http.PostAsJsonAsync("/access-token", new { grants = new { tts = true, listen = true }, expires_in = 3600 }, Token);
        var made = await response.Content.ReadFromJsonAsync<JsonElement>(Token);
        return (made.GetProperty("token").GetString()!, made.GetProperty("id").GetString()!);
    }
}
