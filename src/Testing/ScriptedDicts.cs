using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace TtsGrains.Testing;

/// <summary>The pronunciation dictionaries that a <see cref="ScriptedUpstream"/> keeps, by the HTTP API beside its WebSocket.</summary>
public sealed class ScriptedDicts
{
    private const string Prefix = "/pronunciation-dicts/";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, JsonElement> _dicts = [];
    private readonly List<string> _requests = [];
    private int _created;

    /// <summary>Gets the bodies of the dictionaries by id, as they were sent last.</summary>
    public IReadOnlyDictionary<string, JsonElement> All
    {
        get
        {
            lock (_gate)
            {
                return new Dictionary<string, JsonElement>(_dicts);
            }
        }
    }

    /// <summary>Gets the methods and paths of all requests, in order.</summary>
    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (_gate)
            {
                return [.. _requests];
            }
        }
    }

    /// <summary>Gets or sets the HTTP status that refuses all requests; 0 accepts them.</summary>
    public int Refusal { get; set; }

    internal static bool Serves(HttpRequest request) => request.Path.Value!.StartsWith(Prefix, StringComparison.Ordinal);

    internal async Task HandleAsync(HttpContext http)
    {
        var id = http.Request.Path.Value![Prefix.Length..];
        var body = HttpMethods.IsDelete(http.Request.Method) ? default : await ReadAsync(http.Request.Body);
        string? answered;
        lock (_gate)
        {
            _requests.Add($"{http.Request.Method} {http.Request.Path}");
            answered = Refusal > 0 ? null : Change(http.Request.Method, id, body);
        }

        if (answered is null)
        {
            http.Response.StatusCode = Refusal > 0 ? Refusal : StatusCodes.Status404NotFound;
        }
        else if (HttpMethods.IsDelete(http.Request.Method))
        {
            http.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        else
        {
            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync($$"""{"id":"{{answered}}"}""");
        }
    }

    private string? Change(string method, string id, JsonElement body)
    {
        if (HttpMethods.IsPost(method))
        {
            id = $"upstream-dict-{++_created}";
            _dicts[id] = body;
            return id;
        }

        if (!_dicts.ContainsKey(id))
        {
            return null;
        }

        if (HttpMethods.IsDelete(method))
        {
            _dicts.Remove(id);
        }
        else
        {
            _dicts[id] = body;
        }

        return id;
    }

    private static async Task<JsonElement> ReadAsync(Stream body)
    {
        using var document = await JsonDocument.ParseAsync(body);
        return document.RootElement.Clone();
    }
}
