using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TtsGrains.ApiHost.Tests.Http;

/// <summary>Requests as the SDKs send them.</summary>
internal static class Speaking
{
    public const string Voice = "6ccbfb76-1fc6-48f7-b71d-91ac6298247b";

    /// <summary>So much text that it is not over while a test looks at it: minutes of audio.</summary>
    public static string LongText { get; } = string.Concat(Enumerable.Repeat("Stay hungry, stay foolish. ", 350));

    public static JsonObject Body(string container = "raw", string encoding = "pcm_s16le", int sampleRate = 16000) => new()
    {
        ["model_id"] = "sonic-3",
        ["transcript"] = "Stay hungry, stay foolish.",
        ["voice"] = Voice,
        ["output_format"] = new JsonObject { ["container"] = container, ["encoding"] = encoding, ["sample_rate"] = sampleRate },
    };

    public static JsonObject With(this JsonObject body, string name, JsonNode? value)
    {
        body[name] = value;
        return body;
    }

    public static JsonObject WithFormat(this JsonObject body, string name, JsonNode? value)
    {
        body["output_format"]![name] = value;
        return body;
    }

    public static HttpRequestMessage Request(string path, string body, string? version = "2026-08-14")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (version is not null)
        {
            request.Headers.Add("Cartesia-Version", version);
        }

        return request;
    }

    /// <summary>Sends a request and returns as soon as the headers of the answer are there.</summary>
    public static Task<HttpResponseMessage> SpeakAsync(this HttpClient client, string path, JsonObject body, CancellationToken cancellationToken)
        => client.SendAsync(Request(path, body.ToJsonString()), HttpCompletionOption.ResponseHeadersRead, cancellationToken);

    /// <summary>The data of the events of a stream, each checked to be one line of JSON under its own type's name.</summary>
    public static async Task<IReadOnlyList<JsonElement>> ReadEventsAsync(this HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        var events = new List<JsonElement>();
        foreach (var block in text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var lines = block.Split('\n');
            Assert.Equal(2, lines.Length);
            Assert.StartsWith("event: ", lines[0], StringComparison.Ordinal);
            Assert.StartsWith("data: ", lines[1], StringComparison.Ordinal);
            var data = JsonDocument.Parse(lines[1]["data: ".Length..]).RootElement;
            Assert.Equal(data.GetProperty("type").GetString(), lines[0]["event: ".Length..]);
            events.Add(data);
        }

        return events;
    }
}
