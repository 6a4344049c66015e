using TtsGrains.Grains.Contexts;
using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.ApiHost.Contexts;

/// <summary>One context as the process that owns it holds it. Its caller makes one call at a time.</summary>
internal interface IContextHandle
{
    /// <summary>The frames, once the context is open or attached.</summary>
    /// <exception cref="InvalidOperationException">It is neither.</exception>
    IContextFrames Frames { get; }

    /// <summary>Opens the context with its first push.</summary>
    /// <returns>Null, or why it could not be opened.</returns>
    Task<ContextFault?> OpenAsync(ContextTerms terms, ContextInput first);

    /// <summary>Becomes the owner of a context that another socket has opened.</summary>
    /// <param name="from">The offset of the next frame wanted; null to go on behind what was last written.</param>
    /// <returns>Null when there is no such context any more.</returns>
    Task<OwnerSeat?> AttachAsync(int? from);

    /// <summary>Pushes.</summary>
    /// <returns>Null, or why it was refused.</returns>
    Task<ContextFault?> PushAsync(ContextInput input);

    /// <summary>Stops the context.</summary>
    /// <param name="delivered">The offset of the first frame that the client did not get.</param>
    Task CancelAsync(int delivered);

    /// <summary>Ends the context with an error, behind what it has already said.</summary>
    Task FailAsync(ContextFault fault);

    /// <summary>The client is gone; the context goes on without an owner for a while.</summary>
    Task LeaveAsync();
}
