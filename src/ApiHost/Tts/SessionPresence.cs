using System.Net.WebSockets;
using TtsGrains.ApiHost.Sessions;
using TtsGrains.Grains.Calls;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.ApiHost.Tts;

/// <summary>
/// Tells a session that a client is connected to it, and, when disposed, that it is gone. The session knows before the client has its connection:
/// whom the client tells of the session can listen to it at once.
/// </summary>
internal sealed partial class SessionPresence : IAsyncDisposable
{
    private readonly SessionKey _key;
    private readonly ISessionGrain _session;
    private readonly LiveSessions _live;
    private readonly SocketIdentity _identity;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    private SessionPresence(SessionKey key, ISessionGrain session, LiveSessions live, SocketIdentity identity, TimeProvider time, ILogger logger)
        => (_key, _session, _live, _identity, _time, _logger) = (key, session, live, identity, time, logger);

    /// <summary>The connection, once there is one.</summary>
    public WebSocket? Socket { get; set; }

    /// <param name="grains">Finds the session.</param>
    /// <param name="live">Lists the session while the client is connected.</param>
    /// <param name="identity">Who is connected to which.</param>
    /// <param name="reference">What the caller calls the session; null when it says nothing.</param>
    /// <param name="time">Measures how long it waits for an answer.</param>
    /// <param name="logger">Hears of failures: they are no reason to refuse the client.</param>
    public static async Task<SessionPresence> AttachAsync(
        IGrainFactory grains, LiveSessions live, SocketIdentity identity, string? reference, TimeProvider time, ILogger logger)
    {
        var key = new SessionKey(identity.Tenant, identity.Session);
        var session = grains.GetGrain<ISessionGrain>(key.ToString());
        var presence = new SessionPresence(key, session, live, identity, time, logger);
        var listed = await presence.TryAskAsync(() => session.OnAttachedAsync(identity.SocketId, reference));
        live.Enter(key, listed ?? new LiveSession(identity.Session, time.GetUtcNow(), reference));
        return presence;
    }

    public async ValueTask DisposeAsync()
    {
        // Who says goodbye does not come back; who was lost may.
        var isLost = Socket is { CloseStatus: null };
        var isLive = await TryAskAsync(async () => (bool?)await _session.OnDetachedAsync(_identity.SocketId, mayComeBack: isLost));
        _live.Leave(_key, clients: 1, isLive ?? true);
    }

    private async Task<T?> TryAskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await GrainRetry.InvokeAsync(ask, _time);
        }
        catch (Exception e)
        {
            LogNotTold(_logger, _identity.SocketId, e);
            return default;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The session of socket {SocketId} could not be told that it came or went")]
    private static partial void LogNotTold(ILogger logger, string socketId, Exception exception);
}
