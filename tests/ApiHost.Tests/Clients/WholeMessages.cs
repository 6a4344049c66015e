using System.Net.WebSockets;

namespace TtsGrains.ApiHost.Tests.Clients;

/// <summary>Reads messages as a whole.</summary>
internal static class WholeMessages
{
    /// <summary>Reads the next message into a buffer that holds the longest one.</summary>
    public static async ValueTask<(WebSocketMessageType Type, int Length)> ReceiveWholeAsync(this WebSocket socket, Memory<byte> buffer)
    {
        var length = 0;
        ValueWebSocketReceiveResult result;
        do
        {
            result = await socket.ReceiveAsync(buffer[length..], CancellationToken.None);
            length += result.Count;
        }
        while (!result.EndOfMessage);

        return (result.MessageType, length);
    }
}
