using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using TtsGrains.Client.Connections;
using TtsGrains.Client.Events;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.Client.Sessions;

/// <summary>Listens to one session over one socket after the other. It reads only as fast as its caller, so the service sees how slow it is.</summary>
internal sealed class Listener(Endpoint endpoint, string session, ListenOptions options, Func<Backoff> newBackoff)
{
    private readonly ListenPositions _positions = new(options.From, isChanged: options.Format is not null);

    public async IAsyncEnumerable<TtsEvent> ListenAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var backoff = newBackoff();
        while (true)
        {
            await backoff.WaitAsync(cancellationToken).ConfigureAwait(false);
            using var socket = await TryConnectAsync(backoff, cancellationToken).ConfigureAwait(false);
            while (socket is not null)
            {
                var (item, isEnd) = await TryReadAsync(socket, cancellationToken).ConfigureAwait(false);
                if (isEnd)
                {
                    yield break;
                }

                if (item is null)
                {
                    break;
                }

                if (_positions.Take(item))
                {
                    backoff.OnAlive();
                    yield return item;
                }
            }

            if (socket is not null)
            {
                backoff.OnLost();
                if (!backoff.MayRetry)
                {
                    throw new TtsException(TtsError.ConnectionLost("The socket was lost, and the reconnect policy allows no further attempt."));
                }
            }
        }
    }

    private async Task<LinkSocket?> TryConnectAsync(Backoff backoff, CancellationToken cancellationToken)
    {
        var url = endpoint.SocketUrl(
            $"v1/sessions/{Uri.EscapeDataString(session)}/audio",
            [
                ("bookmarks", "true"),
                .. _positions.ToQuery(),
                ("encoding", options.Format?.Encoding.ToWireName()),
                ("sample_rate", options.Format?.SampleRate.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            ]);
        try
        {
            var socket = await LinkSocket.ConnectAsync(endpoint, url, mayPause: true, cancellationToken).ConfigureAwait(false);
            backoff.OnConnected();
            return socket;
        }
        catch (TtsException e) when (e.Status is 0 or 408 or 429 or >= 500 && backoff.MayRetry)
        {
            return null;
        }
    }

    // Neither an event nor the end: the socket is lost.
    private static async ValueTask<(TtsEvent? Item, bool IsEnd)> TryReadAsync(LinkSocket socket, CancellationToken cancellationToken)
    {
        try
        {
            while (await socket.ReceiveAsync(cancellationToken).ConfigureAwait(false) is { } message)
            {
                if (EventReader.Read(message.Span) is { } item)
                {
                    return (item, false);
                }
            }

            return (null, socket.WasClosedNormally);
        }
        catch (Exception e) when (e is WebSocketException or IOException)
        {
            return (null, false);
        }
    }
}
