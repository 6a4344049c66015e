using System.Buffers;
using System.Runtime.CompilerServices;

namespace TtsGrains.ApiHost.Tts;

/// <summary>
/// The transport of one client socket. While writes are held they are collected in a pooled buffer; releasing them writes, and
/// so flushes, the buffer once. Frames of the WebSocket keep their order. What is read passes through <see cref="ClientFrames"/>.
/// </summary>
/// <remarks>One writer holds and releases. The WebSocket may write beside it at any time: it answers pings.</remarks>
internal sealed class CoalescingStream(Stream transport) : Stream
{
    private const int FirstBuffer = 8 * 1024;

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _transportWrites = new(1);
    private byte[] _buffer = [];
    private int _length;
    private bool _isHeld;

    /// <summary>The frames that the client sent.</summary>
    public ClientFrames Received { get; } = new();

    /// <summary>The number of bytes that are held.</summary>
    public int HeldBytes => Volatile.Read(ref _length);

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Collects writes from now on.</summary>
    public void Hold()
    {
        lock (_gate)
        {
            _isHeld = true;
        }
    }

    /// <summary>Writes what was collected, and lets further writes through.</summary>
    public async ValueTask ReleaseAsync()
    {
        // The order of the bytes is that in which the transport is entered.
        await _transportWrites.WaitAsync().ConfigureAwait(false);
        try
        {
            byte[] buffer;
            int length;
            lock (_gate)
            {
                (buffer, length) = (_buffer, _length);
                (_buffer, _length, _isHeld) = ([], 0, false);
            }

            if (buffer.Length == 0)
            {
                return;
            }

            try
            {
                await transport.WriteAsync(buffer.AsMemory(0, length), CancellationToken.None).ConfigureAwait(false);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
        finally
        {
            _transportWrites.Release();
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (_isHeld)
            {
                Append(buffer.Span);
                return default;
            }
        }

        return WriteThroughAsync(buffer, cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    // The transport flushes each write: it is Kestrel's.
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // Pooled: a client that sends in small pieces costs no allocation for each.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await transport.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        Received.Advance(buffer.Span[..count]);
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            transport.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask WriteThroughAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        await _transportWrites.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await transport.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _transportWrites.Release();
        }
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (_buffer.Length - _length < bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(FirstBuffer, Math.Max(_buffer.Length * 2, _length + bytes.Length)));
            _buffer.AsSpan(0, _length).CopyTo(larger);
            if (_buffer.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(_buffer);
            }

            _buffer = larger;
        }

        bytes.CopyTo(_buffer.AsSpan(_length));
        Volatile.Write(ref _length, _length + bytes.Length);
    }
}
