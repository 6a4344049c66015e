using TtsGrains.ApiHost.Access;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Tts;

/// <summary>
/// What a client wants of its session, by query: <c>ref</c>, its own name for it, <c>archive=off</c>, and <c>priority</c>, also by the header <c>X-Priority</c>.
/// </summary>
/// <param name="Reference">The client's name for the session; null when it has none.</param>
/// <param name="IsNotKept">Whether nothing of it must be archived.</param>
/// <param name="Priority">The place of its contexts among those of the tenant while an upstream is full.</param>
internal sealed record SessionRequestOptions(string? Reference, bool IsNotKept, PriorityClass Priority)
{
    /// <summary>The most characters of a reference.</summary>
    public const int LongestReference = 256;

    /// <summary>The id of the API key of the request, or of the one that created its token.</summary>
    public string? KeyId { get; init; }

    public static SessionRequestOptions None { get; } = new(null, IsNotKept: false, PriorityClass.Live);

    /// <summary>Reads the options of a request.</summary>
    /// <returns>Null, or what is wrong with them.</returns>
    public static ProtocolError? Read(HttpRequest request, out SessionRequestOptions options)
    {
        string? reference = request.Query["ref"];
        string? archive = request.Query["archive"];
        string? priority = request.Query["priority"].Count > 0 ? request.Query["priority"] : request.Headers["X-Priority"];
        var priorityClass = ReadPriority(priority);
        options = new SessionRequestOptions(string.IsNullOrEmpty(reference) ? null : reference, archive == "off", priorityClass) { KeyId = request.HttpContext.GetCaller().KeyId };
        return reference?.Length > LongestReference ? ErrorCatalogue.OutOfRange("ref", $"at most {LongestReference} characters")
            : archive is not (null or "on" or "off") ? ErrorCatalogue.OutOfRange("archive", "on or off")
            : priorityClass == PriorityClass.None ? ErrorCatalogue.OutOfRange("priority", "live, callback or batch")
            : null;
    }

    /// <summary>Tells the session of the options.</summary>
    /// <param name="isNumbered">Whether the client counts the inputs of the context that it opens.</param>
    public SessionSettings ToSettings(bool isNumbered) => new(Reference, !IsNotKept, isNumbered);

    /// <summary>Tells a context of the options.</summary>
    public ContextSettings Apply(ContextSettings settings) => settings with { Reference = Reference, IsNotKept = IsNotKept, Priority = Priority, KeyId = KeyId };

    private static PriorityClass ReadPriority(string? text) => text switch
    {
        null or "" or "live" => PriorityClass.Live,
        "callback" => PriorityClass.Callback,
        "batch" => PriorityClass.Batch,
        _ => PriorityClass.None,
    };
}
