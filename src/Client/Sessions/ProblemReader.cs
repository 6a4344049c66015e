using System.Text.Json;

namespace TtsGrains.Client.Sessions;

/// <summary>Reads what an HTTP answer says is wrong: problem details (RFC 9457), Cartesia's object, or text.</summary>
internal static class ProblemReader
{
    private const int LongestText = 1000;

    public static async Task<TtsError> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var text = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
        var requestId = response.Headers.TryGetValues("X-Request-Id", out var values) ? values.FirstOrDefault() : null;
        return Read((int)response.StatusCode, text, requestId);
    }

    internal static TtsError Read(int status, string text, string? requestId)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var problem = document.RootElement;
            if (problem.ValueKind == JsonValueKind.Object)
            {
                var title = Text(problem, "title") ?? $"Status {status}";
                return new TtsError(
                    status,
                    Text(problem, "error_code") ?? Text(problem, "code"),
                    title,
                    Text(problem, "detail") ?? Text(problem, "message") ?? title,
                    requestId ?? Text(problem, "request_id"));
            }
        }
        catch (JsonException)
        {
            // Older versions answer with text; a proxy in between with HTML.
        }

        return new TtsError(status, null, $"Status {status}", text.Length == 0 ? "No reason was given." : text[..Math.Min(text.Length, LongestText)], requestId);
    }

    private static string? Text(JsonElement json, string name)
        => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
