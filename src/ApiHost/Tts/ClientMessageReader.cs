using System.Net.WebSockets;
using TtsGrains.Protocol.Errors;
using TtsGrains.Protocol.Requests;

namespace TtsGrains.ApiHost.Tts;

/// <summary>
/// Reads whole messages from a client's socket, however they are fragmented, in bounded memory. There is always a receive pending, which is
/// what answers the client's pings.
/// </summary>
internal sealed class ClientMessageReader(WebSocket socket, int maxBytes, CancellationToken aborted)
{
    private const int FirstBuffer = 4 * 1024;
    private const int SkipBuffer = 32 * 1024;

    private byte[] _buffer = new byte[FirstBuffer];

    /// <summary>The next message; null when the client is gone. Its bytes are valid until the next call.</summary>
    public async ValueTask<Read?> ReadAsync()
    {
        try
        {
            var length = 0;
            while (true)
            {
                var result = await socket.ReceiveAsync(_buffer.AsMemory(length), aborted);
                length += result.Count;
                if (result.MessageType == WebSocketMessageType.Close)
                {
                    return null;
                }

                if (result.EndOfMessage)
                {
                    return length > maxBytes ? new Read(_buffer, length, ErrorCatalogue.MessageTooLong(maxBytes))
                        : result.MessageType == WebSocketMessageType.Binary ? new Read(_buffer, length, ErrorCatalogue.BinaryFrame)
                        : new Read(_buffer, length, null);
                }

                if (length > maxBytes)
                {
                    return await SkipAsync(length);
                }

                if (length == _buffer.Length)
                {
                    Array.Resize(ref _buffer, Math.Min(length * 2, maxBytes + 1));
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException or IOException)
        {
            return null;
        }
    }

    // What is not kept is still searched for the id of its context.
    private async ValueTask<Read?> SkipAsync(int length)
    {
        var whole = new DamagedMessage();
        whole.Append(_buffer.AsSpan(0, length));
        var rest = new byte[SkipBuffer];
        ValueWebSocketReceiveResult result;
        do
        {
            result = await socket.ReceiveAsync(rest.AsMemory(), aborted);
            whole.Append(rest.AsSpan(0, result.Count));
        }
        while (!result.EndOfMessage && result.MessageType != WebSocketMessageType.Close);

        return result.MessageType == WebSocketMessageType.Close ? null : new Read(_buffer, length, ErrorCatalogue.MessageTooLong(maxBytes), whole);
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
