using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;

namespace TtsGrains.ApiHost.Tests.Sessions;

/// <summary>Asks a running service for what it has kept.</summary>
internal sealed class ArchiveClient : IDisposable
{
    private readonly HttpClient _http;

    public ArchiveClient(RunningService service, string tenant = RunningService.Acme)
    {
        _http = new HttpClient { BaseAddress = service.Http };
        _http.DefaultRequestHeaders.Add("X-API-Key", $"{tenant}-key");
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static Task<SocketClient> SpeakAsync(RunningService service, string query, string tenant = RunningService.Acme)
        => SocketClient.ConnectAsync(new Uri($"{service.WebSocket}?{query}"), options => options.SetRequestHeader("X-API-Key", $"{tenant}-key"));

    public async Task<JsonElement> GetAsync(string path)
    {
        using var response = await SendAsync(HttpMethod.Get, path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>(Token);
    }

    public async Task<byte[]> DownloadAsync(string path) => await _http.GetByteArrayAsync(path, Token);

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, Action<HttpRequestMessage>? change = null)
    {
        var request = new HttpRequestMessage(method, path);
        change?.Invoke(request);
        return _http.SendAsync(request, Token);
    }

    /// <summary>Asks for what must be refused, and checks that the answer is a problem document of that code.</summary>
    public async Task RefusedAsync(HttpMethod method, string path, HttpStatusCode status, string code, Action<HttpRequestMessage>? change = null)
    {
        using var response = await SendAsync(method, path, change);
        Assert.Equal((status, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Token);
        Assert.Equal(code, problem.GetProperty("error_code").GetString());
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        Assert.Equal(response.Headers.GetValues("X-Request-Id").Single(), problem.GetProperty("request_id").GetString());
        Assert.NotEmpty(problem.GetProperty("detail").GetString()!);
    }

    public void Dispose() => _http.Dispose();
}
