using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.Grains.Interfaces.Contexts;

/// <summary>
/// Who owns a context from another process: it holds the client's socket, and a copy of the context's log. An owner in the context's own process
/// reads the log itself and is never called.
/// </summary>
[Alias("tts.IContextOwner")]
public interface IContextOwner : IGrainObserver
{
    /// <summary>Takes frames of the log. One call is awaited at a time, so they come in order; after a failed call they may come again.</summary>
    /// <param name="batch">The frames.</param>
    /// <param name="opening">Which opening they are of, see <see cref="RestoreRequest.Opening"/>: those of an older one are refused.</param>
    /// <returns>The offset behind the last frame that was written to the client.</returns>
    [Alias("frames")]
    Task<int> OnFramesAsync(FrameBatch batch, int opening);

    /// <summary>Another owner has taken over: this one writes nothing more, and gets nothing more.</summary>
    /// <returns>The offset behind the last frame that was written to the client.</returns>
    [Alias("superseded")]
    Task<int> OnSupersededAsync();

    /// <summary>The session was erased: drops all frames, and ends the context at its client with an error if that does not have its end yet.</summary>
    [Alias("erased")]
    Task OnErasedAsync();

    /// <summary>The context's silo stops. The owner has all frames that the context has got there; it opens it again, elsewhere.</summary>
    /// <returns>False when its client has just gone, so that it does not.</returns>
    [Alias("moved")]
    Task<bool> OnMovedAsync();
}

/// <summary>An owner, and the process that it is in.</summary>
/// <param name="Process">The id of the process; see <c>ContextLogs</c>.</param>
/// <param name="Reference">How to reach it.</param>
[GenerateSerializer, Immutable, Alias("tts.ContextOwner")]
public sealed record ContextOwner([property: Id(0)] string Process, [property: Id(1)] IContextOwner Reference);
