using TtsGrains.Protocol.Frames;

namespace TtsGrains.Grains.Connections;

/// <summary>Where the frames of one upstream context go.</summary>
internal interface IUpstreamRoute
{
    /// <summary>Takes a frame, on the thread that reads the shared socket: never blocks, and keeps nothing of <paramref name="frame"/>.</summary>
    void OnFrame(in ServerFrame frame);

    /// <summary>Asked now and then: tells its context when it has waited for audio for too long.</summary>
    void CheckSilence();

    /// <summary>The socket is gone; nothing more will come.</summary>
    void OnLost();
}
