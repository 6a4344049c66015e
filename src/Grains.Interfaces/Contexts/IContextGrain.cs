namespace TtsGrains.Grains.Interfaces.Contexts;

/// <summary>
/// One life of one context (key: <see cref="ContextKey"/>): takes pushes, decides by the lifecycle rules, owns the numbered log of its
/// frames. Frames do not pass through these calls; they go from the socket straight into the log.
/// </summary>
[Alias("tts.IContextGrain")]
public interface IContextGrain : IGrainWithStringKey
{
    /// <summary>Opens the context with its first push.</summary>
    /// <returns>Null, or why it could not be opened; it is then closed.</returns>
    [Alias("open")]
    Task<ContextFault?> OpenAsync(ContextTerms terms, ContextInput first);

    /// <summary>Takes a further push.</summary>
    /// <returns>Null, or why it was refused.</returns>
    [Alias("push")]
    Task<ContextFault?> PushAsync(ContextInput input);

    /// <summary>Stops the context at once. Harmless when it is already closed.</summary>
    [Alias("cancel")]
    Task CancelAsync();

    /// <summary>Ends the context with an error, behind what it has already said: its client sent something that cannot be.</summary>
    [Alias("fail")]
    Task FailAsync(ContextFault fault);

    /// <summary>The owner's socket is gone: the context lives on for the linger, then is cancelled.</summary>
    [Alias("ownerLost")]
    Task OnOwnerLostAsync();

    /// <summary>An upstream did something that calls for a decision.</summary>
    [Alias("upstream")]
    Task OnUpstreamAsync(UpstreamNotice notice);
}
