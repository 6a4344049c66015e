using System.Collections.Immutable;
using Orleans.Concurrency;

namespace TtsGrains.Grains.Interfaces.Sessions;

/// <summary>One call: the contexts that were opened in it, in order, and who listens (key: <see cref="Contexts.SessionKey"/>).</summary>
[Alias("tts.ISessionGrain")]
public interface ISessionGrain : IGrainWithStringKey
{
    /// <summary>Notes a new context. The same context key gets the same number again.</summary>
    /// <param name="contextKey">Which.</param>
    /// <param name="settings">What its client said of the session.</param>
    [Alias("opened"), AlwaysInterleave]
    Task<SessionPlace> OnOpenedAsync(string contextKey, SessionSettings settings);

    /// <summary>Notes that a context is finished.</summary>
    /// <param name="contextKey">Which.</param>
    /// <param name="frames">How many frames it has.</param>
    /// <param name="how">How it ended; null when it was never open.</param>
    [Alias("closed"), AlwaysInterleave]
    Task OnClosedAsync(string contextKey, int frames, SessionContextEnd? how = null);

    /// <summary>
    /// Erases the session: its contexts' logs, what its listeners wait for, its archive and its state. Requests to erase, hold and release it are carried
    /// out one after the other.
    /// </summary>
    /// <param name="origin">Who asks.</param>
    /// <param name="ended">The keys of contexts that are noted as open and are not.</param>
    [Alias("erase"), ResponseTimeout("00:10:00")]
    Task<SessionChange> EraseAsync(SessionChangeOrigin origin, ImmutableArray<string> ended);

    /// <summary>Keeps the session from being erased. The hold is stored before this returns.</summary>
    [Alias("hold"), ResponseTimeout("00:10:00")]
    Task<SessionChange> HoldAsync(SessionChangeOrigin origin);

    /// <summary>Releases the session from its hold.</summary>
    [Alias("release"), ResponseTimeout("00:10:00")]
    Task<SessionChange> ReleaseAsync(SessionChangeOrigin origin);

    /// <summary>Forgets all about the session, as if it had never been.</summary>
    [Alias("forget")]
    Task ForgetAsync();

    /// <summary>How the session stands.</summary>
    [Alias("view")]
    Task<SessionView> GetAsync();

    /// <summary>
    /// A client comes back for contexts that it had on another socket. One that the session has not heard of yet may still come, from a host that has
    /// just died: its client is told that there is none, and begins it anew. So it gets no place when it comes from any socket but this one.
    /// </summary>
    /// <param name="socketId">Names the client's new socket.</param>
    /// <param name="contextIds">The client's ids of these contexts.</param>
    /// <returns>How the session stands.</returns>
    [Alias("claim")]
    Task<SessionView> ClaimAsync(string socketId, ImmutableArray<string> contextIds);

    /// <summary>
    /// Reports the listener count of one subscription to the session's stream. Contexts publish while there are listeners. It must be reported again
    /// within <see cref="SessionLease.Length"/>, else they count as gone.
    /// </summary>
    /// <param name="subscription">Names the subscription.</param>
    /// <param name="listeners">How many now; 0 when it ends.</param>
    /// <param name="observer">Told when the session is erased; null if it need not be.</param>
    /// <param name="isRenewal">True if the subscription has listened to the session before: a grain that has just moved then does not take the session for over.</param>
    /// <returns>How the session stands, with what was said here taken into account.</returns>
    [Alias("listen")]
    Task<SessionView> ListenAsync(string subscription, int listeners, ISessionObserver? observer = null, bool isRenewal = false);

    /// <summary>A client's socket has been opened in this session.</summary>
    /// <param name="socketId">Names the socket.</param>
    /// <param name="reference">What the caller calls the session; null changes nothing.</param>
    /// <returns>The session as it is listed.</returns>
    [Alias("attached")]
    Task<LiveSession> OnAttachedAsync(string socketId, string? reference);

    /// <summary>A client's socket is gone.</summary>
    /// <param name="socketId">Which.</param>
    /// <param name="mayComeBack">Whether it was lost rather than closed.</param>
    /// <returns>True if the session is still live.</returns>
    [Alias("detached")]
    Task<bool> OnDetachedAsync(string socketId, bool mayComeBack);
}

/// <summary>How long listeners are believed to be there.</summary>
public static class SessionLease
{
    /// <summary>Without a word for so long, a subscription is taken for dead.</summary>
    public static TimeSpan Length { get; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a subscription should speak up.</summary>
    public static TimeSpan Renewal { get; } = TimeSpan.FromSeconds(10);
}
