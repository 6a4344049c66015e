using System.Net;
using TtsGrains.ApiHost.Tests.Hosting;

namespace TtsGrains.ApiHost.Tests.Access;

/// <summary>Pages of other origins call the API only if the settings name them.</summary>
public sealed class OriginTests
{
    private const string App = "https://app.example.com";
    private const string Stranger = "https://stranger.example.com";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Preflight_OfAnAllowedOrigin_NeedsNoCredential()
    {
        await using var service = await RunningService.StartAsync($"Cors:Origins:0={App}");

        using var allowed = await PreflightAsync(service, App);
        using var refused = await PreflightAsync(service, Stranger);

        Assert.Equal((HttpStatusCode.NoContent, App), (allowed.StatusCode, Header(allowed, "Access-Control-Allow-Origin")));
        Assert.Equal("POST", Header(allowed, "Access-Control-Allow-Methods"));
        Assert.Null(Header(refused, "Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Answers_OfAnAllowedOrigin_CanBeReadAlsoErrorsAndNoOthers()
    {
        await using var service = await RunningService.StartAsync($"Cors:Origins:0={App}");

        foreach (var (path, status) in new[] { ("/voices?api_key=acme-key", 200), ("/voices", 401), ("/v1/sessions/none?api_key=acme-key", 404), ("/nothing", 404) })
        {
            using var allowed = await GetAsync(service, path, App);
            using var refused = await GetAsync(service, path, Stranger);

            Assert.Equal((status, App), ((int)allowed.StatusCode, Header(allowed, "Access-Control-Allow-Origin")));
            Assert.Contains("X-Request-Id", Header(allowed, "Access-Control-Expose-Headers"), StringComparison.Ordinal);
            Assert.Null(Header(allowed, "Access-Control-Allow-Credentials"));
            Assert.Null(Header(refused, "Access-Control-Allow-Origin"));
        }
    }

    [Fact]
    public async Task Answers_WithoutOriginsInTheSettings_CannotBeRead()
    {
        await using var service = await RunningService.StartAsync();

        using var answer = await GetAsync(service, "/voices?api_key=acme-key", App);
        using var preflight = await PreflightAsync(service, App);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Null(Header(answer, "Access-Control-Allow-Origin"));
        Assert.Null(Header(preflight, "Access-Control-Allow-Origin"));
    }

    private static async Task<HttpResponseMessage> PreflightAsync(RunningService service, string origin)
    {
        using var http = new HttpClient { BaseAddress = service.Http };
        using var request = new HttpRequestMessage(HttpMethod.Options, "/tts/bytes");
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "x-api-key,content-type");
        return await http.SendAsync(request, Token);
    }

    private static async Task<HttpResponseMessage> GetAsync(RunningService service, string path, string origin)
    {
        using var http = new HttpClient { BaseAddress = service.Http };
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Origin", origin);
        return await http.SendAsync(request, Token);
    }

    private static string? Header(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : null;
}
