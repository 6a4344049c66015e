namespace TtsGrains.Protocol.Errors;

/// <summary>One refusal or failure, in the terms of the wire.</summary>
/// <param name="StatusCode">HTTP-like status: 4xx is the client's, 5xx is ours or the upstream's.</param>
/// <param name="Code">The machine-readable code; null where Cartesia defines none.</param>
/// <param name="Title">A short, constant name of the kind of error.</param>
/// <param name="Message">What was wrong here: names the field and the rule, never repeats transcripts or secrets.</param>
public sealed record ProtocolError(int StatusCode, string? Code, string Title, string Message)
{
    /// <summary>
    /// How long a client should wait before it tries again; null when the same request would fail again. A 429 or 503 was turned away before any
    /// of its text was spoken.
    /// </summary>
    public TimeSpan? RetryDelay { get; init; } = StatusCode is 429 or 503 ? TimeSpan.FromSeconds(1) : null;

    /// <summary>The one-line form that older clients read.</summary>
    public string Legacy => $"{Title}: {Message}";
}
