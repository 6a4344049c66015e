using System.Net.WebSockets;
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
    private readonly ISessionGrain _session;
    private readonly SocketIdentity _identity;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    private SessionPresence(ISessionGrain session, SocketIdentity identity, TimeProvider time, ILogger logger)
        => (_session, _identity, _time, _logger) = (session, identity, time, logger);

    /// <summary>The connection, once there is one.</summary>
    public WebSocket? Socket { get; set; }

    /// <param name="grains">Finds the session.</param>
    /// <param name="identity">Who is connected to which.</param>
    /// <param name="reference">What the caller calls the session; null when it says nothing.</param>
    /// <param name="time">Measures how long it waits for an answer.</param>
    /// <param name="logger">Hears of failures: they are no reason to refuse the client.</param>
    public static async Task<SessionPresence> AttachAsync(IGrainFactory grains, SocketIdentity identity, string? reference, TimeProvider time, ILogger logger)
    {
        var session = grains.GetGrain<ISessionGrain>(new SessionKey(identity.Tenant, identity.Session).ToString());
        var presence = new SessionPresence(session, identity, time, logger);
        await presence.TellAsync(() => session.OnAttachedAsync(identity.SocketId, reference));
        return presence;
    }

    public async ValueTask DisposeAsync()
    {
        // Who says goodbye does not come back; who was lost may.
        var isLost = Socket is { CloseStatus: null };
        await TellAsync(() => _session.OnDetachedAsync(_identity.SocketId, mayComeBack: isLost));
    }

    private async Task TellAsync(Func<Task> tell)
    {
        try
        {
            await RepeatedCall.TellAsync(tell, _time);
        }
        catch (Exception e)
        {
            LogNotTold(_logger, _identity.SocketId, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The session of socket {SocketId} could not be told that it came or went")]
    private static partial void LogNotTold(ILogger logger, string socketId, Exception exception);
}
