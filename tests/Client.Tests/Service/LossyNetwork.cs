using System.Collections.Concurrent;
using System.Net.Sockets;

namespace TtsGrains.Client.Tests.Service;

/// <summary>A network that loses a client's WebSocket at the messages that a test names, or is away for as long as a test wants.</summary>
/// <param name="loseAt">Decides for each message; given the number of the connection, and of the message on it, both from 0. Null loses none.</param>
internal sealed class LossyNetwork(Func<int, int, Loss>? loseAt = null)
{
    // The first byte of a whole text message.
    private const byte TextMessage = 0x81;

    private readonly ConcurrentDictionary<Connection, bool> _open = new();
    private readonly Func<int, int, Loss> _loseAt = loseAt ?? ((_, _) => Loss.None);
    private volatile bool _isAway;
    private int _connections = -1;
    private int _losses;

    /// <summary>How often a connection was lost.</summary>
    public int Losses => Volatile.Read(ref _losses);

    /// <summary>Carries a client's connections over this network.</summary>
    public HttpMessageHandler NewHandler() => new SocketsHttpHandler { ConnectCallback = ConnectAsync };

    /// <summary>Cuts all connections and lets no new ones be made.</summary>
    public void GoAway()
    {
        _isAway = true;
        foreach (var connection in _open.Keys)
        {
            connection.Dispose();
        }
    }

    /// <summary>Lets connections be made again.</summary>
    public void ComeBack() => _isAway = false;

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
        var connection = new Connection(this, socket);
        _open.TryAdd(connection, true);
        if (_isAway)
        {
            await connection.DisposeAsync();
            throw new IOException("The network is away.");
        }

        return connection;
    }

    private sealed class Connection(LossyNetwork network, Socket socket) : NetworkStream(socket, ownsSocket: true)
    {
        private int _number = -1;
        private int _messages;

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var loss = buffer.Span[0] == TextMessage ? Decide() : Loss.None;
            if (loss != Loss.Before)
            {
                await base.WriteAsync(buffer, cancellationToken);
            }

            if (loss != Loss.None)
            {
                // Without a word: what is still on its way may be lost too.
                Socket.Close(timeout: 0);
                throw new IOException("The network is gone.");
            }
        }

        protected override void Dispose(bool disposing)
        {
            network._open.TryRemove(this, out _);
            base.Dispose(disposing);
        }

        private Loss Decide()
        {
            // Plain requests have no number.
            _number = _number < 0 ? Interlocked.Increment(ref network._connections) : _number;
            var loss = network._loseAt(_number, _messages++);
            if (loss != Loss.None)
            {
                Interlocked.Increment(ref network._losses);
            }

            return loss;
        }
    }
}

/// <summary>When a connection is lost. Zero: it is not.</summary>
public enum Loss
{
    None = 0,

    /// <summary>Instead of the message.</summary>
    Before = 1,

    /// <summary>Behind the message, which may have arrived.</summary>
    Behind = 2,
}
