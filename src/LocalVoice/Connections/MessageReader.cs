using System.Net.WebSockets;

namespace TtsGrains.LocalVoice.Connections;

/// <summary>What a client sent. Zero is never a valid value.</summary>
internal enum ReceivedKind : byte
{
    None = 0,
    Text = 1,
    Binary = 2,
    TooLong = 3,
    Close = 4,
}

/// <summary>Reads whole messages from a client's socket.</summary>
internal sealed class MessageReader(WebSocket socket, int maxBytes, TimeProvider time)
{
    private byte[] _buffer = new byte[16 * 1024];
    private long _lastReceived = time.GetTimestamp();

    /// <summary>How long the client has sent nothing.</summary>
    public TimeSpan SilentFor => time.GetElapsedTime(Volatile.Read(ref _lastReceived));

    /// <summary>Reads the next message. Its text is valid until the next call.</summary>
    public async ValueTask<(ReceivedKind Kind, ReadOnlyMemory<byte> Utf8)> ReadAsync()
    {
        var length = 0;
        var isTooLong = false;
        while (true)
        {
            if (length == _buffer.Length)
            {
                isTooLong |= length >= maxBytes;
                length = isTooLong ? 0 : length;
                Array.Resize(ref _buffer, isTooLong ? _buffer.Length : Math.Min(_buffer.Length * 2, maxBytes));
            }

            var received = await socket.ReceiveAsync(_buffer.AsMemory(length), CancellationToken.None);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return (ReceivedKind.Close, default);
            }

            length += received.Count;
            Volatile.Write(ref _lastReceived, time.GetTimestamp());
            if (received.EndOfMessage)
            {
                return isTooLong ? (ReceivedKind.TooLong, default)
                    : received.MessageType == WebSocketMessageType.Binary ? (ReceivedKind.Binary, default)
                    : (ReceivedKind.Text, _buffer.AsMemory(0, length));
            }
        }
    }
}
