using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using TtsGrains.ApiHost.Tests.Hosting;

namespace TtsGrains.ApiHost.Tests.Audit;

/// <summary>Reads the audit records of a tenant, with a key of the scope admin, and sends requests with any key.</summary>
internal sealed class AuditClient(RunningService service, string adminKey) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = service.Http };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Sends a request, and reads no more of its answer than the status.</summary>
    public async Task<HttpStatusCode> SendAsync(HttpMethod method, string path, string? credential, object? body = null, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        if (credential is not null)
        {
            request.Headers.Add("X-API-Key", credential);
        }

        change?.Invoke(request);
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        return response.StatusCode;
    }

    /// <summary>Gets a page of records.</summary>
    public async Task<JsonElement> GetAsync(string query = "", string path = "/v1/audit")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path + query);
        request.Headers.Add("X-API-Key", adminKey);
        using var response = await _http.SendAsync(request, Token);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>(Token);
    }

    /// <summary>Gets all entries of a chain.</summary>
    public async Task<List<JsonElement>> EntriesAsync(string path = "/v1/audit")
    {
        var entries = new List<JsonElement>();
        for (long? after = 0; after is { } number;)
        {
            var page = await GetAsync($"{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}after={number}&limit=500", path);
            entries.AddRange(page.GetProperty("records").EnumerateArray().SelectMany(record => record.GetProperty("entries").EnumerateArray()));
            after = page.GetProperty("next").ValueKind == JsonValueKind.Null ? null : page.GetProperty("next").GetInt64();
        }

        return entries;
    }

    /// <summary>Gets a member of an entry; null if it has none.</summary>
    public static string? Text(JsonElement entry, string name) => entry.TryGetProperty(name, out var value) ? value.ToString() : null;

    public void Dispose() => _http.Dispose();
}
