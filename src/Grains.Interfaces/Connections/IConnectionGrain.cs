namespace TtsGrains.Grains.Interfaces.Connections;

/// <summary>
/// One shared upstream WebSocket (key: <see cref="ConnectionKey"/>) and the routes of the contexts that speak over it.
/// </summary>
[Alias("tts.IConnectionGrain")]
public interface IConnectionGrain : IGrainWithStringKey
{
    /// <summary>Dials. Harmless when it is already connected.</summary>
    /// <returns>What the upstream answered.</returns>
    [Alias("connect")]
    Task<DialOutcome> ConnectAsync();

    /// <summary>Routes what comes back under an upstream context id to the log of a context, and sends its first message.</summary>
    /// <returns>What became of it.</returns>
    [Alias("open")]
    Task<SendResult> OpenAsync(string contextKey, int attempt, string upstreamContextId, [Immutable] byte[] message);

    /// <summary>Sends a further message of a context.</summary>
    /// <returns>False when the context has no route here any more; nothing was sent.</returns>
    [Alias("send")]
    Task<bool> SendAsync(string upstreamContextId, [Immutable] byte[] message);

    /// <summary>
    /// Sends a cancel and drops whatever still comes for the context. Its slot stays taken until the upstream says it is finished,
    /// or the drain time is over.
    /// </summary>
    [Alias("cancel")]
    Task CancelAsync(string upstreamContextId, [Immutable] byte[] message);

    /// <summary>Closes the socket when no context uses it.</summary>
    /// <returns>Whether it is closed now.</returns>
    [Alias("retire")]
    Task<bool> RetireAsync();

    /// <summary>The socket ended on its own.</summary>
    [Alias("closed")]
    Task OnClosedAsync();
}

/// <summary>What became of the first message of an upstream context. Zero is never a valid value.</summary>
public enum SendResult : byte
{
    None = 0,
    Sent = 1,

    /// <summary>The socket has ended; nothing was sent.</summary>
    SocketGone = 2,

    /// <summary>The context has no log on this silo, or waits for another attempt; nothing was sent.</summary>
    ContextGone = 3,
}
