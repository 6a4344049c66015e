using Orleans.Concurrency;
using TtsGrains.Grains.Interfaces.Sessions;

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

    /// <summary>Takes a further push. One whose number it already has changes nothing; one that skips ahead ends the context with an error.</summary>
    /// <returns>Null, or why it was refused.</returns>
    [Alias("push")]
    Task<ContextFault?> PushAsync(ContextInput input);

    /// <summary>Stops the context at once. Harmless when it is already closed.</summary>
    /// <param name="delivered">The offset of the first frame of the log that its client did not get; null when that is not known.</param>
    [Alias("cancel")]
    Task CancelAsync(int? delivered = null);

    /// <summary>Whether it can still speak.</summary>
    [Alias("isOpen")]
    Task<bool> IsOpenAsync();

    /// <summary>Ends the context with an error, behind what it has already said: its client sent something that cannot be.</summary>
    [Alias("fail")]
    Task FailAsync(ContextFault fault);

    /// <summary>The owner's socket is gone: the context lives on for the linger, then is cancelled.</summary>
    /// <param name="epoch">Which owner: one that has been followed by another is not missed.</param>
    [Alias("ownerLost")]
    Task OnOwnerLostAsync(int epoch);

    /// <summary>
    /// A socket becomes the owner of the context. The one before, if it is still there, gets nothing more of it and can do nothing more to it.
    /// </summary>
    /// <param name="from">The offset of the next frame it wants; null to go on behind what was last written to an owner.</param>
    /// <returns>Null when there is no such context, or it was cancelled, or its log is gone.</returns>
    [Alias("attach")]
    Task<OwnerSeat?> AttachAsync(int? from);

    /// <summary>An upstream did something that calls for a decision.</summary>
    [Alias("upstream")]
    Task OnUpstreamAsync(UpstreamNotice notice);

    /// <summary>
    /// Reads frames from an offset on, at most so many and about 1 MiB; none when there are none there. It waits for no other call: the session
    /// asks while the context asks the session.
    /// </summary>
    /// <returns>Null when the context has no log any more, or never had one.</returns>
    [Alias("read"), AlwaysInterleave]
    Task<FrameBatch?> ReadAsync(int from, int maxFrames);

    /// <summary>Somebody listens to the session now, or nobody any more: the context publishes its frames only in between.</summary>
    /// <returns>False when the context has no log any more.</returns>
    [Alias("audience"), AlwaysInterleave]
    Task<bool> SetAudienceAsync(bool hasListeners);
}
