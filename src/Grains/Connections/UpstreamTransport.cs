using System.Net;
using System.Net.Sockets;

namespace TtsGrains.Grains.Connections;

/// <summary>
/// The TCP connection below an upstream's WebSocket. Once <see cref="BlockReads"/> is called, a read waits on the calling thread, so that a frame that
/// arrives wakes one thread: the one that also handles it. An asynchronous read would wake the thread that polls all sockets, and that one a thread of
/// the pool. Writes are asynchronous.
/// </summary>
/// <remarks>
/// The socket is connected and read without asynchronous operations, because they would register it with the polling thread for as long as it is open.
/// </remarks>
internal sealed class UpstreamTransport : Stream
{
    private const int BufferSize = 16 * 1024;

    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[BufferSize];
    private int _start;
    private int _end;
    private Action? _onIdle;

    private UpstreamTransport(Socket socket) => _socket = socket;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Connects, on a thread of its own.</summary>
    /// <exception cref="SocketException">The endpoint cannot be reached.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before the connection was made.</exception>
    public static async Task<UpstreamTransport> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // A host that answers nothing may keep the thread longer than the caller waits.
            await OnOwnThread(() => socket.Connect(endPoint)).WaitAsync(cancellationToken).ConfigureAwait(false);
            return new UpstreamTransport(socket);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Makes all further reads block the thread that calls them. Call it when no read is pending.</summary>
    /// <param name="onIdle">Called before a read waits, when everything that was received has been read.</param>
    public void BlockReads(Action onIdle) => _onIdle = onIdle;

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_start < _end || _onIdle is not null)
        {
            try
            {
                return ValueTask.FromResult(Read(buffer.Span));
            }
            catch (IOException failure)
            {
                return ValueTask.FromException<int>(failure);
            }
        }

        // The handshake: a thread of the pool must not wait for the upstream's answer.
        return new ValueTask<int>(OnOwnThread(() => Read(buffer.Span)).WaitAsync(cancellationToken));
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        if (_start == _end)
        {
            // A long message goes straight to its reader.
            if (buffer.Length >= BufferSize)
            {
                return Receive(buffer);
            }

            (_start, _end) = (0, Receive(_buffer));
        }

        var count = Math.Min(buffer.Length, _end - _start);
        _buffer.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            while (!buffer.IsEmpty)
            {
                var sent = await _socket.SendAsync(buffer, SocketFlags.None, cancellationToken).ConfigureAwait(false);
                buffer = buffer[sent..];
            }
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            throw new IOException(failure.Message, failure);
        }
    }

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => _socket.Send(buffer, offset, count, SocketFlags.None);

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && _onIdle is null)
        {
            _socket.Dispose();
        }
        else if (disposing)
        {
            Shutdown();
        }

        base.Dispose(disposing);
    }

    /// <summary>Frees the socket. Call it on the thread that reads, when it reads no more.</summary>
    public void Release() => _socket.Dispose();

    // Wakes a read that waits, and lets the other side read what was sent. Disposing the socket under a read would reset the connection.
    private void Shutdown()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It is closed already.
        }
    }

    private int Receive(Span<byte> buffer)
    {
        try
        {
            if (_socket.Available == 0)
            {
                _onIdle?.Invoke();

                // Waits in the kernel; the receive itself would wait for the polling thread.
                _socket.Poll(Timeout.InfiniteTimeSpan, SelectMode.SelectRead);
            }

            return _socket.Receive(buffer);
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            throw new IOException(failure.Message, failure);
        }
    }

    private static Task OnOwnThread(Action action)
        => Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static Task<int> OnOwnThread(Func<int> read)
        => Task.Factory.StartNew(read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
