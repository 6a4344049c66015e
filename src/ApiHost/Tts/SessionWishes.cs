using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Tts;

/// <summary>What a client wants of its session, by query: <c>ref</c>, its own name for it, and <c>archive=off</c>.</summary>
/// <param name="Reference">The client's name for the session; null when it has none.</param>
/// <param name="IsNotKept">Whether nothing of it must be archived.</param>
internal sealed record SessionWishes(string? Reference, bool IsNotKept)
{
    /// <summary>The most characters of a reference.</summary>
    public const int LongestReference = 256;

    public static SessionWishes None { get; } = new(null, IsNotKept: false);

    /// <summary>Reads the wishes of a request.</summary>
    /// <returns>Null, or what is wrong with them.</returns>
    public static ProtocolError? Read(HttpRequest request, out SessionWishes wishes)
    {
        string? reference = request.Query["ref"];
        string? archive = request.Query["archive"];
        wishes = new SessionWishes(string.IsNullOrEmpty(reference) ? null : reference, archive == "off");
        return reference?.Length > LongestReference ? ErrorCatalogue.OutOfRange("ref", $"at most {LongestReference} characters")
            : archive is not (null or "on" or "off") ? ErrorCatalogue.OutOfRange("archive", "on or off")
            : null;
    }

    /// <summary>Tells the session of the wishes.</summary>
    /// <param name="isNumbered">Whether the client counts the inputs of the context that it opens.</param>
    public SessionTerms ToTerms(bool isNumbered) => new(Reference, !IsNotKept, isNumbered);

    /// <summary>Tells a context of the wishes.</summary>
    public ContextTerms Apply(ContextTerms terms) => terms with { Reference = Reference, IsNotKept = IsNotKept };
}
