using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.Grains.Streams;

/// <summary>The streams that carry the frames of sessions to listeners.</summary>
public static class SessionStreams
{
    /// <summary>The stream provider.</summary>
    public const string Provider = "tts-streams";

    private const string Namespace = "session-audio";

    /// <summary>The stream of one session.</summary>
    public static StreamId Of(SessionKey session) => StreamId.Create(Namespace, session.ToString());
}
