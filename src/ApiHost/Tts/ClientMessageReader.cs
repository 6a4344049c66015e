using System.Net.WebSockets;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Tts;

/// <summary>
/// Reads whole messages from a client's socket, however they are fragmented, in bounded memory. There is always a receive pending, which is
/// what answers the client's pings.
/// </summary>
internal sealed class ClientMessageReader(WebSocket socket, int maxBytes, CancellationToken aborted)
{
    private const int FirstBuffer = 4 * 1024;

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
                        : result.MessageType == WebSocketMessageType.Binary ? new Read(_buffer, 0, ErrorCatalogue.BinaryFrame)
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

    private async ValueTask<Read?> SkipAsync(int length)
    {
        var rest = new byte[FirstBuffer];
        ValueWebSocketReceiveResult result;
        do
        {
            result = await socket.ReceiveAsync(rest.AsMemory(), aborted);
        }
        while (!result.EndOfMessage && result.MessageType != WebSocketMessageType.Close);

        return result.MessageType == WebSocketMessageType.Close ? null : new Read(_buffer, length, ErrorCatalogue.MessageTooLong(maxBytes));
    }

    /// <summary>A message, or what is wrong with it and how it began.</summary>
    internal readonly record struct Read(byte[] Buffer, int Length, ProtocolError? Error)
    {
        public ReadOnlySpan<byte> Bytes => Buffer.AsSpan(0, Length);
    }
}
