using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Tts;

/// <summary>The socket of a context, as the context sees it.</summary>
internal interface ISocketContextOwner
{
    /// <summary>The first frame of a context is about to be written.</summary>
    void OnSpeaking();

    /// <summary>A context has written its last frame.</summary>
    void OnFinished(SocketContext context, ContextEnd end);

    /// <summary>A context was not let in.</summary>
    void OnRefused(SocketContext context, ProtocolError error);

    /// <summary>The session of a context was erased before the client had all of it.</summary>
    void OnErased(SocketContext context);

    /// <summary>A grain did not do what it was asked for.</summary>
    void OnBroken(SocketContext context, Exception exception);

    /// <summary>A grain has done what it was asked for.</summary>
    void OnStepDone();

    /// <summary>Inputs crossed with the <c>done</c> of their context, which had expired: the next context of that id says them.</summary>
    /// <param name="ended">The context that is over.</param>
    /// <param name="settings">What it was opened with.</param>
    /// <param name="inputs">What it did not say.</param>
    void OnMissed(SocketContext ended, ContextSettings settings, IReadOnlyList<ContextInput> inputs);

    /// <summary>Looks up the pronunciation dictionary of a context.</summary>
    ValueTask<(ContextSettings Settings, ContextFault? Fault)> FindPronunciationsAsync(ContextSettings settings);
}
