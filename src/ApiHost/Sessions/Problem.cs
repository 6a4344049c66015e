using System.Text.Json.Serialization;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>Why a request about sessions cannot be met, as RFC 9457 has it.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Title">A short, constant name of the kind of problem.</param>
/// <param name="Detail">What was wrong here.</param>
/// <param name="ErrorCode">The machine-readable code.</param>
internal sealed record Problem(int Status, string Title, string Detail, string ErrorCode)
{
    public static Problem SessionNotFound { get; } = new(404, "Session not found", "There is no session of this id.", "session_not_found");

    public static Problem ContextNotFound { get; } = new(404, "Context not found", "from names a context that is not in this session.", "context_not_found");

    public static Problem StreamRequired { get; } = new(
        426, "Upgrade required", "Ask for a WebSocket, or for server-sent events with Accept: text/event-stream.", "upgrade_required");

    public static Problem Ahead(int offset, int count) => Invalid($"offset {offset} is asked for of a context that has {count} frames so far.");

    public static Problem Invalid(string detail) => new(400, "Invalid request", detail, "invalid_request");

    /// <summary>Answers with the problem. Nothing may have been written before.</summary>
    public async Task WriteAsync(HttpContext http)
    {
        http.Response.StatusCode = Status;
        if (Status == StatusCodes.Status426UpgradeRequired)
        {
            http.Response.Headers.Upgrade = "websocket";
        }

        var body = new ProblemBody("about:blank", Title, Status, Detail, ErrorCode, http.TraceIdentifier);
        await http.Response.WriteAsJsonAsync(body, ProblemJson.Default.ProblemBody, "application/problem+json", http.RequestAborted);
    }
}

internal sealed record ProblemBody(string Type, string Title, int Status, string Detail, string ErrorCode, string RequestId);

[JsonSerializable(typeof(ProblemBody))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class ProblemJson : JsonSerializerContext;
