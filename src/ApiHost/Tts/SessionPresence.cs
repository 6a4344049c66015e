using System.Net.WebSockets;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.ApiHost.Tts;

/// <summary>Tells a session that a client is connected to it, and, when disposed, that it is gone. Nothing waits for that.</summary>
internal sealed partial class SessionPresence : IAsyncDisposable
{
    private readonly ISessionGrain _session;
    private readonly SocketIdentity _identity;
    private readonly WebSocket _socket;
    private readonly ILogger _logger;
    private readonly Task _attaching;

    /// <param name="grains">Finds the session.</param>
    /// <param name="identity">Who is connected to which.</param>
    /// <param name="reference">What the caller calls the session; null when it says nothing.</param>
    /// <param name="socket">The connection.</param>
    /// <param name="logger">Hears of failures.</param>
    public SessionPresence(IGrainFactory grains, SocketIdentity identity, string? reference, WebSocket socket, ILogger logger)
    {
        (_identity, _socket, _logger) = (identity, socket, logger);
        _session = grains.GetGrain<ISessionGrain>(new SessionKey(identity.Tenant, identity.Session).ToString());
        _attaching = TellAsync(() => _session.OnAttachedAsync(identity.SocketId, reference));
    }

    public async ValueTask DisposeAsync()
    {
        await _attaching;

        // Who says goodbye does not come back; who was lost may.
        var isLost = _socket.CloseStatus is null;
        await TellAsync(() => _session.OnDetachedAsync(_identity.SocketId, mayComeBack: isLost));
    }

    private async Task TellAsync(Func<Task> tell)
    {
        try
        {
            await tell();
        }
        catch (Exception e)
        {
            LogNotTold(_logger, _identity.SocketId, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The session of socket {SocketId} could not be told that it came or went")]
    private static partial void LogNotTold(ILogger logger, string socketId, Exception exception);
}
