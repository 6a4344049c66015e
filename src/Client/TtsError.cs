namespace TtsGrains.Client;

/// <summary>What went wrong, in the terms of the service.</summary>
/// <param name="Status">HTTP-like: 4xx is the caller's, 5xx the service's; 0 when no service answered.</param>
/// <param name="Code">Machine-readable, such as <c>voice_not_found</c>; null when the service gave none.</param>
/// <param name="Title">A short name of the kind of error.</param>
/// <param name="Message">What was wrong here.</param>
/// <param name="RequestId">Finds the same event in the service's logs; null when it gave none.</param>
public sealed record TtsError(int Status, string? Code, string Title, string Message, string? RequestId = null)
{
    internal static TtsError ConnectionLost(string message) => new(0, "connection_lost", "Connection lost", message);

    internal static TtsError NotConnected(int status, string message) => new(status, status == 401 ? "unauthorized" : null, "Not connected", message);

    internal static TtsError ReaderTooSlow { get; } = new(
        0, "reader_too_slow", "Reader too slow", "More audio came than there was room for, and this server cannot be asked for it again.");

    internal static TtsError Disposed { get; } = new(0, "client_disposed", "Client disposed", "The client was disposed while the context was open.");
}
