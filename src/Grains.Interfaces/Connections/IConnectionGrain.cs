using Orleans.Concurrency;

namespace TtsGrains.Grains.Interfaces.Connections;

/// <summary>
/// The lifetime of one shared upstream WebSocket (key: <see cref="ConnectionKey"/>). Contexts do not call it: they write to the socket of their silo directly.
/// </summary>
[Alias("tts.IConnectionGrain")]
public interface IConnectionGrain : IGrainWithStringKey
{
    /// <summary>Dials. Harmless when it is already connected.</summary>
    /// <returns>What the upstream answered.</returns>
    [Alias("connect")]
    Task<DialOutcome> ConnectAsync();

    /// <summary>Closes the socket when no context uses it.</summary>
    /// <returns>Whether it is closed now.</returns>
    [Alias("retire")]
    Task<bool> RetireAsync();

    /// <summary>The socket ended on its own. Its reader does not wait for the grain.</summary>
    [Alias("closed"), OneWay]
    Task OnClosedAsync();
}
