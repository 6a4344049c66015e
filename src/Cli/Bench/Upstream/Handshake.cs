using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;

namespace TtsGrains.Cli.Bench.Upstream;

/// <summary>The server's side of a WebSocket upgrade (RFC 6455) on a bare TCP connection, which costs next to nothing once it is open.</summary>
internal static class Handshake
{
    private const string KeyHeader = "Sec-WebSocket-Key:";
    private const string Magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /// <exception cref="WebSocketException">It was no upgrade request.</exception>
    [SuppressMessage("Security", "CA5350", Justification = "The WebSocket protocol asks for SHA-1; nothing is kept secret by it.")]
    public static async Task<WebSocket> AcceptAsync(NetworkStream stream)
    {
        var key = (await ReadHeadAsync(stream))
            .Split("\r\n")
            .FirstOrDefault(line => line.StartsWith(KeyHeader, StringComparison.OrdinalIgnoreCase))?[KeyHeader.Length..].Trim()
            ?? throw new WebSocketException(WebSocketError.NotAWebSocket);
        var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + Magic)));
        var answer = $"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {accept}\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(answer));
        return WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true });
    }

    private static async Task<string> ReadHeadAsync(NetworkStream stream)
    {
        var buffer = new byte[8 * 1024];
        var length = 0;
        while (length < buffer.Length)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length));
            length += read;
            if (read == 0 || buffer.AsSpan(0, length).EndsWith("\r\n\r\n"u8))
            {
                break;
            }
        }

        return Encoding.ASCII.GetString(buffer, 0, length);
    }
}
