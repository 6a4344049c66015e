using TtsGrains.Protocol.Frames;

namespace TtsGrains.Grains.Connections;

/// <summary>Where the frames of one upstream context go.</summary>
internal interface IUpstreamRoute
{
    /// <summary>Takes a frame, on the thread that reads the shared socket: never blocks, and keeps nothing of <paramref name="frame"/>.</summary>
    void OnFrame(in ServerFrame frame);

    /// <summary>Determines whether the context ends with a frame that says so; else it is kept open for frames that should have come before.</summary>
    bool EndsWith(in ServerFrame frame);

    /// <summary>Called periodically: tells its context when it has waited for audio for too long.</summary>
    /// <returns>True if the context has ended, and its place is free.</returns>
    bool CheckSilence();

    /// <summary>The socket is gone; nothing more will come.</summary>
    void OnLost();
}
