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
    /// <param name="settings">How to speak.</param>
    /// <param name="first">The first push.</param>
    /// <param name="owner">Who gets the frames; null for one in this process, which reads the log.</param>
    /// <returns>Null, or why it could not be opened; it is then closed.</returns>
    [Alias("open")]
    Task<ContextFault?> OpenAsync(ContextSettings settings, ContextInput first, ContextOwner? owner = null);

    /// <summary>The context was opened in this process, ahead of its grain: activates the grain, which takes the context over.</summary>
    [Alias("activate")]
    Task ActivateAsync();

    /// <summary>Takes a further push. One whose number it already has changes nothing; one that skips ahead ends the context with an error.</summary>
    /// <param name="input">The push.</param>
    /// <param name="epoch">Which owner says so: one that has been followed by another is not heard.</param>
    /// <param name="number">Counts what the owner has sent, from 0: what has come is passed over, whatever the client's own numbers say. Negative if the owner does not count.</param>
    /// <returns>
    /// Null, or why it was refused: with <see cref="ContextFault.StatusCode"/> 404 when there is no such context, which may then have died with its silo.
    /// </returns>
    [Alias("push")]
    Task<ContextFault?> PushAsync(ContextInput input, int epoch = 0, int number = -1);

    /// <summary>Stops the context at once. Harmless when it is already closed.</summary>
    /// <param name="delivered">The offset of the first frame of the log that its client did not get; null when that is not known.</param>
    /// <param name="playedMs">How much of the audio its client has played, ms; null if it does not say.</param>
    [Alias("cancel")]
    Task CancelAsync(int? delivered = null, double? playedMs = null);

    /// <summary>Takes the client's word for how much of the audio it has played, ms. Has no effect once the log is gone.</summary>
    [Alias("played")]
    Task ReportPlayedAsync(double playedMs);

    /// <summary>The session is erased: drops the log of a context that has ended, here and at its owner. It waits for no other call.</summary>
    [Alias("erase"), AlwaysInterleave]
    Task EraseAsync();

    /// <summary>What it is doing. While it is ending, the answer waits for the end.</summary>
    [Alias("activity")]
    Task<ContextActivity> GetActivityAsync();

    /// <summary>Ends the context with an error, behind what it has already said: its client sent something that cannot be.</summary>
    [Alias("fail")]
    Task FailAsync(ContextFault fault);

    /// <summary>The owner's socket is gone: the context lives on for the linger, then is cancelled.</summary>
    /// <param name="epoch">Which owner: one that has been followed by another is not missed.</param>
    /// <param name="written">The offset behind the last frame that it wrote to its client; null if it is in the log, or unknown.</param>
    /// <returns>False when there is no such context, which may then have died with its silo.</returns>
    [Alias("ownerLost")]
    Task<bool> OnOwnerLostAsync(int epoch, int? written = null);

    /// <summary>
    /// A socket becomes the owner of the context. The one before, if it is still there, gets nothing more of it and can do nothing more to it.
    /// </summary>
    /// <param name="from">The offset of the next frame it wants; null to go on behind what was last written to an owner.</param>
    /// <param name="owner">Who gets the frames, all from the first one on; null for one in this process, which reads the log.</param>
    /// <returns>Null when there is no such context, or it was cancelled, or its log is gone.</returns>
    [Alias("attach")]
    Task<AttachResult?> AttachAsync(int? from, ContextOwner? owner = null);

    /// <summary>
    /// Its owner, in another process, has reason to doubt that the context is still there; or it had to leave a silo while it had no owner. One that is
    /// there takes what pushes it has not got; one that is not is opened again and speaks on from the last frame that there is.
    /// </summary>
    /// <param name="request">What is known of it.</param>
    /// <param name="owner">The owner; null when its client is away: then it lives on for the linger.</param>
    [Alias("reopen")]
    Task<RestoreResult> RestoreAsync(RestoreRequest request, ContextOwner? owner);

    /// <summary>
    /// Its silo is about to stop, and the context is gone from here: its owner gets all frames that there are, and is told to have it opened again. One
    /// whose owner is in this process stays, and ends with it.
    /// </summary>
    /// <returns>The state that the silo must open again itself, if the context has no owner; else null.</returns>
    [Alias("move")]
    Task<ContextSnapshot?> MoveAsync();

    /// <summary>Gives a context that is to be opened again some of its frames back, in order, from the first one on.</summary>
    [Alias("restore")]
    Task RestoreFramesAsync(FrameBatch frames);

    /// <summary>An upstream did something that calls for a decision.</summary>
    [Alias("upstream")]
    Task OnUpstreamAsync(UpstreamNotice notice);

    /// <summary>
    /// Reads frames from an offset on, at most the given number and about 1 MiB; none if there are none. It waits for no other call: the session
    /// asks while the context asks the session.
    /// </summary>
    /// <returns>Null when the context has no log any more, or never had one.</returns>
    [Alias("read"), AlwaysInterleave]
    Task<FrameBatch?> ReadAsync(int from, int maxFrames);

    /// <summary>The session has its first listener, or has lost its last: the context publishes its frames only in between.</summary>
    /// <returns>False when the context has no log any more.</returns>
    [Alias("audience"), AlwaysInterleave]
    Task<bool> SetAudienceAsync(bool hasListeners);
}
