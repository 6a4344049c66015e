using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using TtsGrains.Grains.Interfaces.Pronunciations;
using TtsGrains.Grains.Upstreams;

namespace TtsGrains.Grains.Pronunciations;

/// <summary>Keeps copies of pronunciation dictionaries at upstreams, by Cartesia's HTTP API beside the WebSocket.</summary>
internal sealed class UpstreamDicts(IOptionsMonitor<UpstreamOptions> upstreams) : IDisposable
{
    private const string SocketPath = "tts/websocket";
    private const string DictsPath = "pronunciation-dicts/";

    private readonly HttpClient _http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = TimeSpan.FromSeconds(5) };

    /// <summary>True if the upstream speaks with dictionaries that it keeps, so that it needs a copy.</summary>
    public bool IsKeeper(string upstream) => upstreams.Get(upstream).Pronunciations == PronunciationMode.Copy;

    /// <summary>Creates or updates a copy.</summary>
    /// <param name="upstream">The upstream.</param>
    /// <param name="copyId">The id of an earlier copy there; null if there is none.</param>
    /// <param name="dict">The dictionary. The upstream learns its id as its name, and nothing of the tenant.</param>
    /// <returns>The copy's id.</returns>
    /// <exception cref="HttpRequestException">The upstream refused.</exception>
    /// <exception cref="InvalidDataException">The upstream's answer has no id.</exception>
    public async Task<string> PutAsync(string upstream, string? copyId, PronunciationDict dict)
    {
        var body = new CopyRequest(dict.Id, [.. dict.Items.Select(item => new CopyItem(item.Text, item.Alias, item.IsCaseSensitive))]);
        if (copyId is not null)
        {
            using var updated = await SendAsync(upstream, HttpMethod.Patch, copyId, body);
            if (updated.StatusCode != HttpStatusCode.NotFound)
            {
                updated.EnsureSuccessStatusCode();
                return copyId;
            }
        }

        using var created = await SendAsync(upstream, HttpMethod.Post, "", body);
        created.EnsureSuccessStatusCode();
        return (await created.Content.ReadFromJsonAsync(CopyJson.Default.CopyAnswer))?.Id is { Length: > 0 } id ? id
            : throw new InvalidDataException("The upstream's answer to a new pronunciation dictionary has no id.");
    }

    /// <summary>Deletes a copy.</summary>
    /// <exception cref="HttpRequestException">The upstream refused.</exception>
    public async Task DeleteAsync(string upstream, string copyId)
    {
        using var deleted = await SendAsync(upstream, HttpMethod.Delete, copyId, body: null);
        if (deleted.StatusCode != HttpStatusCode.NotFound)
        {
            deleted.EnsureSuccessStatusCode();
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>The address of the dictionaries of an upstream whose WebSocket has this address.</summary>
    internal static Uri AddressOf(string socket)
    {
        var url = new UriBuilder(socket);
        url.Scheme = url.Scheme == Uri.UriSchemeWss ? Uri.UriSchemeHttps : Uri.UriSchemeHttp;
        url.Query = "";
        var prefix = url.Path.TrimEnd('/');
        url.Path = (prefix.EndsWith(SocketPath, StringComparison.Ordinal) ? prefix[..^SocketPath.Length] : prefix + "/") + DictsPath;
        return url.Uri;
    }

    private async Task<HttpResponseMessage> SendAsync(string upstream, HttpMethod method, string id, CopyRequest? body)
    {
        var options = upstreams.Get(upstream);
        using var request = new HttpRequestMessage(method, new Uri(AddressOf(options.Url), Uri.EscapeDataString(id)));
        request.Headers.Add("Cartesia-Version", options.Version);
        if (options.ApiKey.Length > 0)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", options.ApiKey);
        }

        request.Content = body is null ? null : JsonContent.Create(body, CopyJson.Default.CopyRequest);
        return await _http.SendAsync(request);
    }
}

internal sealed record CopyRequest(string Name, IReadOnlyList<CopyItem> Items);

internal sealed record CopyItem(string Text, string Alias, bool CaseSensitive);

internal sealed record CopyAnswer(string? Id);

[JsonSerializable(typeof(CopyRequest))]
[JsonSerializable(typeof(CopyAnswer))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class CopyJson : JsonSerializerContext;
