using System.Net.WebSockets;
using TtsGrains.ApiHost.Tests.Hosting;

namespace TtsGrains.ApiHost.Tests.Access;

public sealed class SecurityHeadersTests(ServiceFixture fixture)
{
    private static readonly (string Name, string Value)[] Headers =
    [
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "SAMEORIGIN"),
        ("Content-Security-Policy", "frame-ancestors 'self'"),
        ("Referrer-Policy", "no-referrer"),
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "/health/live", null, 200)]
    [InlineData("GET", "/v1/openapi.json", null, 200)]
    [InlineData("GET", "/docs", null, 200)]
    [InlineData("GET", "/voices", "acme-key", 200)]
    [InlineData("GET", "/voices", null, 401)]
    [InlineData("POST", "/tts/bytes", "acme-key", 400)]
    [InlineData("GET", "/v1/sessions/%20", "acme-key", 400)]
    [InlineData("GET", "/no-such-route", null, 404)]
    [InlineData("DELETE", "/health/live", null, 405)]
    public async Task Answers_OfEachKind_HaveTheHeaders(string method, string path, string? key, int status)
    {
        using var http = new HttpClient { BaseAddress = fixture.Service.Http };
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (key is not null)
        {
            request.Headers.Add("X-API-Key", key);
        }

        if (method == "POST")
        {
            request.Content = new StringContent("{}", System.Text.Encoding.UTF8, "application/json");
        }

        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.All(Headers, header => Assert.Equal(header.Value, Assert.Single(answer.Headers.GetValues(header.Name))));
    }

    [Fact]
    public async Task Handshake_OfASocket_HasTheHeaders()
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("X-API-Key", "acme-key");

        await socket.ConnectAsync(new UriBuilder(fixture.Service.Http) { Scheme = "ws", Path = "/tts/websocket" }.Uri, Token);

        Assert.All(Headers, header => Assert.Equal(header.Value, Assert.Single(socket.HttpResponseHeaders![header.Name])));
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Token);
    }
}
