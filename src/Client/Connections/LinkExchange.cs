using System.Buffers;
using System.Net.WebSockets;
using TtsGrains.Client.Contexts;
using TtsGrains.Client.Events;

namespace TtsGrains.Client.Connections;

/// <summary>Exchanges the messages of a link's contexts over one socket, from its connection to its loss.</summary>
/// <param name="socket">The socket.</param>
/// <param name="contexts">The contexts of the link.</param>
/// <param name="backoff">Told about progress.</param>
/// <param name="overflow">Takes over a context without room for an event; false when it cannot. Null where reading waits for room instead.</param>
internal sealed class LinkExchange(LinkSocket socket, LinkContexts contexts, Backoff backoff, Func<ContextChannel, bool>? overflow)
{
    /// <summary>Reads and writes until the socket is lost.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var writing = WriteAsync(ending.Token);
        try
        {
            while (await socket.ReceiveAsync(ending.Token).ConfigureAwait(false) is { } message)
            {
                if (EventReader.Read(message.Span) is { } item)
                {
                    await DeliverAsync(item, ending.Token).ConfigureAwait(false);
                }
            }
        }
        catch (Exception e) when (IsLoss(e))
        {
            // However it ended, it has: the contexts decide what that means to them.
        }
        finally
        {
            await ending.CancelAsync().ConfigureAwait(false);
            socket.Dispose();
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        var message = new ArrayBufferWriter<byte>(1024);
        try
        {
            await foreach (var channel in socket.Ready.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                message.ResetWrittenCount();
                if (!channel.TryRender(message, socket, out var input))
                {
                    contexts.RemoveIfOver(channel);
                    continue;
                }

                await socket.SendAsync(message.WrittenMemory, cancellationToken).ConfigureAwait(false);
                channel.OnSent(input, socket);

                // The next of the same context comes behind the others.
                socket.Signal(channel);
            }
        }
        catch (Exception e) when (IsLoss(e))
        {
            // The loop that reads would notice late, or never.
            socket.Dispose();
        }
    }

    private async ValueTask DeliverAsync(TtsEvent item, CancellationToken cancellationToken)
    {
        if (contexts.Find(item.ContextId) is not { } channel)
        {
            return;
        }

        while (true)
        {
            var taken = channel.Events.Taken;
            switch (channel.Deliver(item, socket))
            {
                case Delivery.Taken or Delivery.Ended:
                    backoff.OnAlive();
                    contexts.RemoveIfOver(channel);
                    return;
                case Delivery.Full when overflow is null:
                    await taken.WaitAsync(cancellationToken).ConfigureAwait(false);
                    break;
                case Delivery.Full:
                    MoveOut(channel, overflow);
                    return;
                default:
                    return;
            }
        }
    }

    // The event that found no room comes again over the other connection.
    private void MoveOut(ContextChannel channel, Func<ContextChannel, bool> overflow)
    {
        if (overflow(channel))
        {
            contexts.Remove(channel);
        }
        else
        {
            _ = channel.StopAsync(TtsError.ReaderTooSlow);
        }
    }

    private static bool IsLoss(Exception e) => e is WebSocketException or IOException or ObjectDisposedException or OperationCanceledException or InvalidOperationException;
}
