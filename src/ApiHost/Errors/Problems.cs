using Microsoft.AspNetCore.Http.HttpResults;
using TtsGrains.Archive.Encryption;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Errors;

/// <summary>Errors below <c>/v1</c>: problem details (RFC 9457) with the <c>error_code</c> and the id of the request.</summary>
internal static class Problems
{
    private const string Path = "/v1";

    public static ProtocolError SessionNotFound { get; } = new(404, "session_not_found", "Session not found", "There is no such session.");

    public static ProtocolError ContextNotFound { get; } = new(404, "context_not_found", "Context not found", "The session has no context of this number in the archive.");

    public static ProtocolError UnknownPosition { get; } = new(404, "context_not_found", "Context not found", "from names a context that is not in this session.");

    public static ProtocolError PositionAhead(int position, int count) => new(
        400, "invalid_request", "Invalid request", $"offset {position} is asked for of a context that has {count} frames so far.");

    public static ProtocolError UnknownQuery(string name, string[] known) => new(
        400,
        "invalid_request",
        "Invalid request",
        $"The query parameter {name} is unknown; this route knows {(known.Length == 0 ? "none" : string.Join(", ", known))}.");

    public static ProtocolError StreamRequired { get; } = new(
        426, "upgrade_required", "Upgrade required", "Ask for a WebSocket, or for server-sent events with Accept: text/event-stream.");

    public static ProtocolError SegmentNotFound { get; } = new(404, "segment_not_found", "Segment not found", "The archive has no audio of this segment; the manifest says why.");

    public static ProtocolError ManifestNotFound { get; } = new(404, "manifest_not_found", "Manifest not found", "The context has no manifest yet: it is written when the context has ended.");

    public static ProtocolError SessionHeld { get; } = new(409, "session_held", "Session held", "A legal hold keeps the session; release it with DELETE /v1/sessions/{session}/hold first.");

    public static ProtocolError SessionOpen { get; } = new(409, "session_open", "Session open", "A context of the session is being spoken; cancel it, or wait for its end.");

    public static ProtocolError NotStoredYet { get; } = new(
        409, "not_stored_yet", "Not stored yet", "The archive does not have all that the session said yet; the session's document tells what it has. Try again.");

    public static ProtocolError NotABookmark { get; } = ErrorCatalogue.OutOfRange("since", "what the last bookmark event said");

    public static ProtocolError NotAnEventId { get; } = ErrorCatalogue.OutOfRange("Last-Event-ID", "the id of an event of this stream");

    public static ProtocolError RecordingTooLong { get; } = new(
        409, "recording_too_long", "Recording too long", "The session has more audio than one WAV file can hold; download the segments.");

    public static ProtocolError RangeNotSatisfiable { get; } = new(
        416, "range_not_satisfiable", "Range not satisfiable", "The range lies outside the file; the Content-Range header tells its length.");

    public static ProtocolError StoreUnavailable { get; } = new(503, "archive_unavailable", "Archive unavailable", "The archive's store cannot be reached right now; try again.");

    public static ProtocolError SessionsHeld { get; } = new(409, "session_held", "Session held", "A legal hold keeps a session of the tenant; release its sessions first.");

    public static ProtocolError EncryptionOff { get; } = new(409, "encryption_off", "Encryption off", "The archive is not encrypted here: Archive:Encryption:Mode is off.");

    /// <summary>Why something of the archive cannot be decrypted.</summary>
    public static ProtocolError Of(UnreadableObjectException unreadable) => unreadable.Reason switch
    {
        UnreadableReason.KeyDeleted => new(410, "archive_key_deleted", "Erased", "The key that this was encrypted with was deleted; it cannot be read any more."),
        UnreadableReason.KeyMissing => new(503, "archive_key_missing", "Key missing", "The service does not have the key that this was encrypted with."),
        UnreadableReason.NotEncrypted => new(500, "archive_not_encrypted", "Not encrypted", "The store has this without encryption, and the service accepts only encrypted speech."),
        _ => new(500, "archive_damaged", "Archive damaged", "The store does not have this as it was written."),
    };

    /// <summary>Whether errors of this request are problem details.</summary>
    public static bool HasProblems(this HttpRequest request) => request.Path.StartsWithSegments(Path, StringComparison.Ordinal);

    /// <summary>Answers with an error in the form of the request's path. Nothing may have been written before.</summary>
    public static Task AnswerAsync(this HttpContext http, ProtocolError error)
        => http.Request.HasProblems() ? http.ToProblem(error).ExecuteAsync(http) : http.RefuseAsync(error);

    /// <summary>The error as a result of an endpoint.</summary>
    public static ProblemHttpResult ToProblem(this HttpContext http, ProtocolError error)
    {
        http.Features.Set(error);
        if (error.RetryDelay is { } delay)
        {
            http.Response.Headers.RetryAfter = HttpErrors.ToSeconds(delay);
        }

        if (error.StatusCode == StatusCodes.Status401Unauthorized)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer";
        }
        else if (error.StatusCode == StatusCodes.Status426UpgradeRequired)
        {
            http.Response.Headers.Upgrade = "websocket";
        }

        return TypedResults.Problem(error.Message, statusCode: error.StatusCode, title: error.Title, type: "about:blank", extensions: new Dictionary<string, object?>
        {
            ["error_code"] = error.Code ?? "internal_error",
            ["request_id"] = http.TraceIdentifier,
        });
    }
}
