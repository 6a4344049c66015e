namespace TtsGrains.Protocol.Errors;

/// <summary>One refusal or failure, in the terms of the wire.</summary>
/// <param name="StatusCode">HTTP-like status: 4xx is the client's, 5xx is ours or the upstream's.</param>
/// <param name="Code">The machine-readable code; null where Cartesia defines none.</param>
/// <param name="Title">A short, constant name of the kind of error.</param>
/// <param name="Message">What was wrong here: names the field and the rule, never repeats transcripts or secrets.</param>
public sealed record ProtocolError(int StatusCode, string? Code, string Title, string Message)
{
    /// <summary>The one-line form that older clients read.</summary>
    public string Legacy => $"{Title}: {Message}";
}
