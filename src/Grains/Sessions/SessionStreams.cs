using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.Grains.Sessions;

/// <summary>The streams that carry what is said in sessions to those who listen in.</summary>
public static class SessionStreams
{
    private const string Namespace = "session-audio";

    /// <summary>The stream of one session.</summary>
    public static StreamId Of(SessionKey session) => StreamId.Create(Namespace, session.ToString());
}
