using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.Grains.Interfaces.Contexts;

/// <summary>
/// The place of a context in its session, which its socket has already asked for. It spares the context a call in the process of the socket; in another
/// process it is empty, and the context asks for itself.
/// </summary>
[GenerateSerializer, Immutable, Alias("tts.PlaceClaim")]
public sealed class PlaceClaim
{
    /// <summary>True if the session was asked. The task itself never leaves the process.</summary>
    [Id(0)]
    public bool IsAsked { get; init; } = true;

    /// <summary>Gets the place once the session has answered; null in another process than the socket's.</summary>
    [field: NonSerialized]
    public Task<SessionPlace>? Place { get; init; }
}
