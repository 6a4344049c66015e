using System.Net.WebSockets;
using TtsGrains.ApiHost.Http;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Tts;

/// <summary>Ends a socket from our side: its host stops, its credential becomes void, it is idle, or it does not take what is written.</summary>
/// <param name="identity">Who is on the socket.</param>
/// <param name="contexts">Its contexts.</param>
/// <param name="writer">Writes to it.</param>
/// <param name="end">Closes it.</param>
/// <param name="steps">What waits for the grains.</param>
/// <param name="services">The services of the host.</param>
internal sealed partial class SocketShutdown(
    SocketIdentity identity, SocketContexts contexts, ClientSocketWriter writer, SocketEnd end, SocketSteps steps, SocketServices services)
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(3);

    private int _isGivenUp;

    public void CloseIdle()
    {
        if (contexts.IsEmpty)
        {
            _ = end.CloseAsync(WebSocketCloseStatus.NormalClosure, "connection idle timeout");
        }
    }

    public void CloseWhenTooSlow()
    {
        var unsent = contexts.Unsent + writer.UnsentNotices;
        if (unsent > services.Options.MaxUnsentBytes && Interlocked.Exchange(ref _isGivenUp, 1) == 0)
        {
            LogTooSlow(services.Logger, identity.SocketId, unsent);
            end.Cut();
        }
    }

    /// <summary>
    /// The host stops. What is open may finish. Then each context gets its terminal frame before the socket goes, because some clients wait for one
    /// indefinitely; but who named its session can go on with it at another host.
    /// </summary>
    public async Task StopAsync()
    {
        var emptied = contexts.Stop();
        var isLeft = identity.MayComeBack && services.Handles.ContextsOutliveProcess;
        if (!isLeft)
        {
            await emptied.WaitAsync(services.Options.DrainTimeout, services.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var context in contexts.Open)
            {
                await steps.FailAsync(context, ContextFault.From(ErrorCatalogue.ShuttingDown));
            }

            await emptied.WaitAsync(StopTimeout, services.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await end.CloseAsync(WebSocketCloseStatus.EndpointUnavailable, "the host is stopping");
    }

    /// <summary>The credential is void. Nothing more is spoken. What was written is sent, with a terminal frame for each context, and then the socket goes.</summary>
    public async Task RevokeAsync(SocketContextOpener opener, SocketAnswers answers)
    {
        opener.StopError = ErrorCatalogue.CredentialRevoked;
        _ = contexts.Stop();
        foreach (var context in contexts.Open)
        {
            context.Trace?.End("revoked");
            context.Mute();
            if (contexts.Forget(context, ContextEnd.Error))
            {
                answers.WriteRefusal(ErrorCatalogue.CredentialRevoked, context.Key.Context);
            }

            context.Cancel();
        }

        await end.CloseAsync(RevokedClose.Status, RevokedClose.Reason);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Socket {SocketId} is given up: its client leaves {Bytes} bytes unread")]
    private static partial void LogTooSlow(ILogger logger, string socketId, long bytes);
}
