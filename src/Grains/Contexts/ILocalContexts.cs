using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.Grains.Contexts;

/// <summary>
/// Opens contexts for sockets of this process: at once, on the socket's thread, so that no activation of a grain stands between a text and the upstream. The
/// grain becomes active meanwhile and takes the context over.
/// </summary>
public interface ILocalContexts
{
    /// <summary>Opens a context that its tenant has admitted.</summary>
    /// <param name="key">Names the context; not used before.</param>
    /// <param name="settings">How to speak.</param>
    /// <param name="first">The first push.</param>
    /// <param name="place">Its place in the session, if it is already asked for.</param>
    /// <returns>Null, or why it was refused. Its log exists when the call returns, even if the task is not complete.</returns>
    /// <exception cref="SiloDrainingException">The process is about to stop.</exception>
    Task<ContextFault?> OpenAsync(ContextKey key, ContextSettings settings, ContextInput first, Task<SessionPlace>? place);
}
