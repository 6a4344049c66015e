using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text.Json.Nodes;

namespace TtsGrains.ApiHost.Tests.Http;

public sealed class AccessTokenEndpointTests(ProgramFixture fixture)
{
    private readonly RunningProgram _program = fixture.Program;

    [Theory]
    [InlineData("Authorization", "Bearer {0}", "")]
    [InlineData("X-API-Key", "{0}", "")]
    [InlineData("", "", "?access_token={0}")]
    [InlineData("", "", "?api_key={0}")]
    public async Task Token_WithTheGrant_SpeaksWhereverAKeyDoes(string header, string value, string query)
    {
        var token = await CreateAsync("""{"grants":{"tts":true},"expires_in":60}""");
        using var client = _program.Connect();
        var request = Speaking.Request("/tts/bytes" + string.Format(null, query, token), Speaking.Body().ToJsonString());
        if (header.Length > 0)
        {
            request.Headers.Add(header, string.Format(null, value, token));
        }

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.NotEmpty(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Token_WithTheGrant_OpensASocket()
    {
        var token = await CreateAsync("""{"grants":{"tts":true,"stt":null}}""");
        using var socket = new ClientWebSocket();

        await socket.ConnectAsync(SocketUrl(token), TestContext.Current.CancellationToken);

        Assert.Equal(WebSocketState.Open, socket.State);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"grants":{"stt":true}}""")]
    [InlineData("""{"grants":{"tts":false}}""")]
    public async Task Token_WithoutTheGrant_Is403BeforeTheUpgrade(string body)
    {
        var token = await CreateAsync(body);
        using var client = _program.Connect();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;

        using var bytes = await client.SpeakAsync("/tts/bytes", Speaking.Body(), TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(SocketUrl(token), TestContext.Current.CancellationToken));

        Assert.Equal(HttpStatusCode.Forbidden, bytes.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, socket.HttpStatusCode);
    }

    [Fact]
    public async Task Create_WithAToken_Is403()
    {
        var token = await CreateAsync("""{"grants":{"tts":true}}""");
        using var client = _program.Connect();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);

        using var response = await client.SendAsync(Speaking.Request("/access-token", """{"grants":{"tts":true}}"""), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Theory]
    [InlineData("""{"expires_in":3601}""", "expires_in")]
    [InlineData("""{"expires_in":0}""", "expires_in")]
    [InlineData("""{"expires_in":"soon"}""", "expires_in")]
    [InlineData("""{"grants":{"tts":"yes"}}""", "grants.tts")]
    [InlineData("""{"grants":""", "Invalid JSON")]
    [InlineData("", "Invalid JSON")]
    [InlineData("null", "Invalid JSON")]
    [InlineData("[]", "Invalid JSON")]
    public async Task Create_WrongBody_Is400WithTheReason(string body, string named)
    {
        using var response = await _program.Client.SendAsync(Speaking.Request("/access-token", body), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(named, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Socket_MoreThanTheTenantMay_Is429BeforeTheUpgrade()
    {
        await using var program = await RunningProgram.StartAsync(TestContext.Current.CancellationToken, ("Socket:MaxSocketsPerTenant", "1"));
        var url = new Uri($"ws://{program.Http.Authority}/tts/websocket?api_key={RunningProgram.Key}");
        using var first = new ClientWebSocket();
        using var second = new ClientWebSocket();
        second.Options.CollectHttpResponseDetails = true;
        await first.ConnectAsync(url, TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<WebSocketException>(() => second.ConnectAsync(url, TestContext.Current.CancellationToken));

        Assert.Equal(HttpStatusCode.TooManyRequests, second.HttpStatusCode);
        await first.CloseAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);
    }

    private async Task<string> CreateAsync(string body)
    {
        using var response = await _program.Client.SendAsync(Speaking.Request("/access-token", body), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        return answer["token"]!.GetValue<string>();
    }

    private Uri SocketUrl(string token) => new($"ws://{_program.Http.Authority}/tts/websocket?access_token={token}");
}
