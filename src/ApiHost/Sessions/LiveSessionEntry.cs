using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>Lists a session as live for as long as a request speaks in it.</summary>
internal sealed class LiveSessionEntry : IDisposable
{
    private readonly LiveSessions _live;
    private readonly SessionKey _key;

    private LiveSessionEntry(LiveSessions live, SessionKey key) => (_live, _key) = (live, key);

    /// <summary>Lists the session from now on.</summary>
    public static LiveSessionEntry Begin(LiveSessions live, SessionKey key, string? reference, TimeProvider time)
    {
        live.Enter(key, new LiveSession(key.Session, time.GetUtcNow(), reference) { Clients = 0 });
        return new LiveSessionEntry(live, key);
    }

    public void Dispose() => _live.Leave(_key, clients: 0, isLive: false);
}
