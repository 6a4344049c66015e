using System.Buffers;
using System.Net.WebSockets;
using TtsGrains.Protocol.Errors;
using TtsGrains.Protocol.Requests;

namespace TtsGrains.ApiHost.Tts;

/// <summary>
/// Reads whole messages from a client's socket, however they are fragmented, in bounded memory. There is always a receive pending, which is
/// what answers the client's pings.
/// </summary>
/// <remarks>
/// Text messages arrive as binary ones (<see cref="ClientFrames"/>): their UTF-8 is checked with their JSON.
/// A socket keeps only a small buffer while it waits: a long message is read into a pooled one, which is returned before the next receive.
/// </remarks>
internal sealed class ClientMessageReader(WebSocket socket, ClientFrames frames, int maxBytes, CancellationToken aborted)
{
    private const int SmallBuffer = 4 * 1024;
    private const int SkipBuffer = 32 * 1024;

    private readonly byte[] _small = new byte[SmallBuffer];
    private byte[]? _large;
    private long _messages;

    /// <summary>Bytes that the socket holds for messages.</summary>
    public int BufferedBytes => _small.Length + (_large?.Length ?? 0);

    /// <summary>The next message; null when the client is gone. Its bytes are valid until the next call.</summary>
    public async ValueTask<Read?> ReadAsync()
    {
        ReleaseLarge();
        try
        {
            var buffer = _small;
            var length = 0;
            while (true)
            {
                var result = await socket.ReceiveAsync(buffer.AsMemory(length), aborted);
                length += result.Count;
                if (result.MessageType == WebSocketMessageType.Close)
                {
                    ReleaseLarge();
                    return null;
                }

                if (result.EndOfMessage)
                {
                    var wasBinary = frames.WasBinary(_messages++);
                    return length > maxBytes ? new Read(buffer, length, ErrorCatalogue.MessageTooLong(maxBytes))
                        : new Read(buffer, length, wasBinary ? ErrorCatalogue.BinaryFrame : null);
                }

                if (length > maxBytes)
                {
                    return await SkipAsync(buffer, length);
                }

                if (length == buffer.Length)
                {
                    buffer = Grow(buffer, length);
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException or IOException)
        {
            // A receive that failed has let go of the buffer.
            ReleaseLarge();
            return null;
        }
    }

    private byte[] Grow(byte[] buffer, int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Min(length * 2, maxBytes + 1));
        buffer.AsSpan(0, length).CopyTo(larger);
        ReleaseLarge();
        return _large = larger;
    }

    private void ReleaseLarge()
    {
        if (_large is { } large)
        {
            _large = null;
            ArrayPool<byte>.Shared.Return(large);
        }
    }

    // What is not kept is still searched for the id of its context.
    private async ValueTask<Read?> SkipAsync(byte[] buffer, int length)
    {
        var whole = new DamagedMessage();
        whole.Append(buffer.AsSpan(0, length));
        var rest = new byte[SkipBuffer];
        ValueWebSocketReceiveResult result;
        do
        {
            result = await socket.ReceiveAsync(rest.AsMemory(), aborted);
            whole.Append(rest.AsSpan(0, result.Count));
        }
        while (!result.EndOfMessage && result.MessageType != WebSocketMessageType.Close);

        _ = frames.WasBinary(_messages++);
        return result.MessageType == WebSocketMessageType.Close ? null : new Read(buffer, length, ErrorCatalogue.MessageTooLong(maxBytes), whole);
    }

    /// <summary>A message, or its beginning and what is wrong with it.</summary>
    /// <param name="Buffer">Holds the message from its start.</param>
    /// <param name="Length">How many bytes of it are the message.</param>
    /// <param name="Error">What is wrong; null if it is complete.</param>
    /// <param name="Whole">The result of a search through all of a message that was too long; else null.</param>
    internal readonly record struct Read(byte[] Buffer, int Length, ProtocolError? Error, DamagedMessage? Whole = null)
    {
        public ReadOnlySpan<byte> Bytes => Buffer.AsSpan(0, Length);
    }
}
