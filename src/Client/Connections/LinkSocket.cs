using System.Buffers;
using System.Net.WebSockets;
using System.Threading.Channels;
using TtsGrains.Client.Contexts;

namespace TtsGrains.Client.Connections;

/// <summary>One connected WebSocket, from its upgrade to its end.</summary>
internal sealed class LinkSocket : IDisposable
{
    private const int LongestMessage = 16 * 1024 * 1024;

    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(20);

    private readonly ClientWebSocket _socket = new();
    private readonly ArrayBufferWriter<byte> _message = new(16 * 1024);
    private readonly Channel<ContextChannel> _ready = Channel.CreateUnbounded<ContextChannel>(new UnboundedChannelOptions { SingleReader = true });

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private LinkSocket()
    {
    }

    /// <summary>The session that the service put the socket into; null from a server without sessions.</summary>
    public string? SessionId { get; private set; }

    /// <summary>Whether the service passes over inputs whose number it already has, so that they may be sent twice.</summary>
    public bool KnowsInputNumbers { get; private set; }

    /// <summary>Whether the other side said goodbye because all was said, rather than because of a fault or a stop.</summary>
    public bool WasClosedNormally => _socket.CloseStatus == WebSocketCloseStatus.NormalClosure;

    /// <summary>Contexts that have something to send, in turn.</summary>
    public ChannelReader<ContextChannel> Ready => _ready.Reader;

    /// <exception cref="TtsException">The service could not be reached, or refused.</exception>
    public static async Task<LinkSocket> ConnectAsync(Endpoint endpoint, Uri url, bool mayPause, CancellationToken cancellationToken)
    {
        var socket = new LinkSocket();
        var options = socket._socket.Options;
        options.CollectHttpResponseDetails = true;
        options.KeepAliveInterval = PingInterval;

        // Where reading may pause, a pong may be late for a good reason.
        options.KeepAliveTimeout = mayPause ? Timeout.InfiniteTimeSpan : PingInterval;
        var upgrade = endpoint.NewUpgrade();
        using var invoker = new HttpMessageInvoker(upgrade, disposeHandler: false);
        try
        {
            await endpoint.SignAsync(options, cancellationToken).ConfigureAwait(false);
            await socket._socket.ConnectAsync(url, invoker, cancellationToken).ConfigureAwait(false);
        }
        catch (WebSocketException e)
        {
            var status = (int)socket._socket.HttpStatusCode;
            socket.Dispose();
            throw new TtsException(upgrade.Refusal ?? TtsError.NotConnected(status, status == 0
                ? $"{url.GetLeftPart(UriPartial.Authority)} could not be reached: {(e.InnerException ?? e).Message}"
                : $"{url.GetLeftPart(UriPartial.Path)} answered with status {status}."), e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        socket.SessionId = socket.Header("X-Session-Id");
        socket.KnowsInputNumbers = socket.Header("X-Session-Inputs") == "numbered";
        return socket;
    }

    /// <summary>A context has something to send.</summary>
    public void Signal(ContextChannel channel) => _ready.Writer.TryWrite(channel);

    /// <summary>The next message, valid until the one after it; null when the other side has closed.</summary>
    public async ValueTask<ReadOnlyMemory<byte>?> ReceiveAsync(CancellationToken cancellationToken)
    {
        _message.ResetWrittenCount();
        while (true)
        {
            var result = await _socket.ReceiveAsync(_message.GetMemory(8 * 1024), cancellationToken).ConfigureAwait(false);
            if (result.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            _message.Advance(result.Count);
            if (result.EndOfMessage)
            {
                return _message.WrittenMemory;
            }

            if (_message.WrittenCount > LongestMessage)
            {
                throw new WebSocketException(WebSocketError.Faulted, "A message is longer than 16 MiB.");
            }
        }
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
        => _socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);

    /// <summary>Says goodbye and waits for the other side's: what was sent before is not lost with the connection.</summary>
    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        if (_socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
        {
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken).ConfigureAwait(false);
            await _ended.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        _ready.Writer.TryComplete();
        _socket.Abort();
        _socket.Dispose();
        _ended.TrySetResult();
    }

    private string? Header(string name)
        => _socket.HttpResponseHeaders?.FirstOrDefault(header => string.Equals(header.Key, name, StringComparison.OrdinalIgnoreCase)).Value?.FirstOrDefault();
}
