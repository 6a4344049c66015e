using TtsGrains.Grains.Contexts.Log;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.ApiHost.Contexts;

/// <summary>One context as the process that owns it holds it. Its caller makes one call at a time.</summary>
internal interface IContextHandle
{
    /// <summary>The frames, once the context is open or attached.</summary>
    /// <exception cref="InvalidOperationException">It is neither.</exception>
    IContextFrames Frames { get; }

    /// <summary>Opens the context with its first push.</summary>
    /// <param name="settings">How to speak.</param>
    /// <param name="first">The first push.</param>
    /// <param name="place">Its place in the session, if its socket has asked for it; not used in a cluster.</param>
    /// <returns>Null, or why it could not be opened.</returns>
    Task<ContextFault?> OpenAsync(ContextSettings settings, ContextInput first, Task<SessionPlace>? place = null);

    /// <summary>Becomes the owner of a context that another socket has opened.</summary>
    /// <param name="from">The offset of the next frame wanted; null to go on behind what was last written.</param>
    /// <returns>Null when there is no such context any more.</returns>
    Task<AttachResult?> AttachAsync(int? from);

    /// <summary>Pushes.</summary>
    /// <returns>Null, or why it was refused.</returns>
    Task<ContextFault?> PushAsync(ContextInput input);

    /// <summary>Stops the context.</summary>
    /// <param name="delivered">The offset of the first frame that the client did not get.</param>
    /// <param name="playedMs">How much of the audio its client has played, ms; null if it does not say.</param>
    Task CancelAsync(int delivered, double? playedMs = null);

    /// <summary>Ends the context with an error, behind what it has already said.</summary>
    Task FailAsync(ContextFault fault);

    /// <summary>The client is gone: the context continues without an owner for the reconnect grace period.</summary>
    Task LeaveAsync();
}
