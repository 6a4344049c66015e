using System.Buffers;
using System.Net.WebSockets;
using TtsGrains.Grains.Interfaces.Connections;
using TtsGrains.Grains.Upstreams;

namespace TtsGrains.Grains.Connections;

/// <summary>
/// One WebSocket to an upstream: a thread that reads whole messages and a queue that writes them. It knows nothing of grains and reports through
/// <paramref name="reader"/>.
/// </summary>
/// <param name="socket">The WebSocket.</param>
/// <param name="transport">What it reads from.</param>
/// <param name="reader">Takes what is received.</param>
/// <param name="maySend">Asked before each message: the socket ends instead of sending one when the leases of its contexts have ended.</param>
internal sealed class UpstreamSocket(ClientWebSocket socket, UpstreamTransport transport, IUpstreamReader reader, Func<bool> maySend) : IDisposable
{
    private const int SmallBuffer = 4 * 1024;
    private const int LargestMessage = 16 * 1024 * 1024;
    private const string ClientName = "tts-grains";

    private readonly Lock _gate = new();
    private readonly Queue<OutgoingMessage> _outgoing = new();
    private bool _isWriting;
    private bool _isClosed;

    /// <summary>Dials and begins to read.</summary>
    /// <returns>The socket, or null and what the upstream answered.</returns>
    public static async Task<(UpstreamSocket? Socket, DialOutcome Outcome)> ConnectAsync(
        UpstreamOptions options, IUpstreamReader reader, Func<bool> maySend, TimeProvider time)
    {
        var socket = new ClientWebSocket();
        if (options.ApiKey.Length > 0)
        {
            socket.Options.SetRequestHeader("Authorization", $"Bearer {options.ApiKey}");
        }

        socket.Options.SetRequestHeader("Cartesia-Version", options.Version);
        socket.Options.SetRequestHeader("X-Cartesia-Client", ClientName);
        // An upstream whose network went away without a word is found out by its missing pongs.
        socket.Options.KeepAliveInterval = TimeSpan.FromSeconds(20);
        socket.Options.KeepAliveTimeout = TimeSpan.FromSeconds(20);
        socket.Options.CollectHttpResponseDetails = true;
        UpstreamTransport? transport = null;
        try
        {
            using var timeout = new CancellationTokenSource(options.ConnectTimeout, time);
            using var handler = new SocketsHttpHandler
            {
                ConnectCallback = async (context, cancelled) => transport = await UpstreamTransport.ConnectAsync(context.DnsEndPoint, cancelled),
            };
            using var dialler = new HttpMessageInvoker(handler);
            await socket.ConnectAsync(new Uri(options.Url), dialler, timeout.Token);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            var outcome = DialOutcome.Of((int)socket.HttpStatusCode, RetryAfter.Read(socket.HttpResponseHeaders, time));
            socket.Dispose();
            return (null, outcome);
        }

        var connected = new UpstreamSocket(socket, transport!, reader, maySend);
        _ = Task.Factory.StartNew(connected.Read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return (connected, DialOutcome.Connected);
    }

    /// <summary>True if nothing is sent or received any more.</summary>
    public bool IsClosed
    {
        get
        {
            lock (_gate)
            {
                return _isClosed;
            }
        }
    }

    /// <summary>Puts a message in the queue, and takes it over.</summary>
    /// <returns>False when the socket is closed.</returns>
    public bool TrySend(OutgoingMessage message)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                message.Dispose();
                return false;
            }

            _outgoing.Enqueue(message);
            if (_isWriting)
            {
                return true;
            }

            _isWriting = true;
        }

        _ = WriteAsync();
        return true;
    }

    /// <summary>Closes in both directions; the read loop then ends.</summary>
    public async Task CloseAsync(TimeSpan patience, TimeProvider time)
    {
        try
        {
            using var timeout = new CancellationTokenSource(patience, time);
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, timeout.Token);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            socket.Abort();
        }
    }

    /// <summary>Ends it at once; the read loop then ends.</summary>
    public void Abort() => socket.Abort();

    public void Dispose() => socket.Dispose();

    private async Task WriteAsync()
    {
        try
        {
            while (TakeOutgoing() is { } message)
            {
                using (message)
                {
                    // Not when it was queued: a process that stood still sends nothing from before.
                    if (!maySend())
                    {
                        socket.Abort();
                        return;
                    }

                    await socket.SendAsync(message.Written, WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, CancellationToken.None)
                        .ConfigureAwait(false);
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The read loop finds the same and reports it.
            socket.Abort();
        }
    }

    private OutgoingMessage? TakeOutgoing()
    {
        lock (_gate)
        {
            if (!_isClosed && _outgoing.TryDequeue(out var message))
            {
                return message;
            }

            _isWriting = false;
            return null;
        }
    }

    private void Read()
    {
        transport.BlockReads(reader.OnDrained);

        // While it waits, a socket keeps only this: a long message is read into a pooled buffer.
        var small = new byte[SmallBuffer];
        var lastLength = 0;
        byte[]? large = null;
        try
        {
            while (true)
            {
                var buffer = small;
                var length = 0;
                ValueWebSocketReceiveResult result;
                do
                {
                    if (length == buffer.Length)
                    {
                        // Messages of one upstream are about equally long: one step is enough for most.
                        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(length * 2, lastLength + SmallBuffer));
                        buffer.AsSpan(0, length).CopyTo(larger);
                        Release(ref large);
                        buffer = large = larger;
                    }

                    // Completes on this thread, unless an answer to a ping had to wait for a message that is being sent.
                    var receive = socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
                    result = receive.IsCompletedSuccessfully ? receive.Result : receive.AsTask().GetAwaiter().GetResult();
                    length += result.Count;
                }
                while (!result.EndOfMessage && length < LargestMessage);

                if (result.MessageType == WebSocketMessageType.Close || !result.EndOfMessage)
                {
                    break;
                }

                if (result.MessageType == WebSocketMessageType.Text)
                {
                    reader.OnMessage(buffer.AsSpan(0, length));
                }
                else
                {
                    reader.OnBinary();
                }

                lastLength = length;
                Release(ref large);
            }
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The socket is gone, which is reported below like any other end.
        }
        finally
        {
            // Also after an unforeseen exception: contexts that are not told of the end would wait indefinitely.
            lock (_gate)
            {
                _isClosed = true;
                while (_outgoing.TryDequeue(out var unsent))
                {
                    unsent.Dispose();
                }
            }

            socket.Abort();
            transport.Release();
            Release(ref large);
            reader.OnDrained();
            reader.OnClosed();
        }
    }

    private static void Release(ref byte[]? pooled)
    {
        if (pooled is not null)
        {
            ArrayPool<byte>.Shared.Return(pooled);
            pooled = null;
        }
    }
}

/// <summary>Takes what an upstream socket receives, on the thread that reads it: never blocks.</summary>
internal interface IUpstreamReader
{
    /// <summary>One text message; valid during the call only.</summary>
    void OnMessage(ReadOnlySpan<byte> message);

    /// <summary>All messages that were received have been given to <see cref="OnMessage"/>, on this thread; the next one is awaited.</summary>
    void OnDrained()
    {
    }

    /// <summary>A binary message, which the protocol does not have.</summary>
    void OnBinary();

    /// <summary>The socket has ended, on either side. Called once.</summary>
    void OnClosed();
}
