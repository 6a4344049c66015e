using System.Net.WebSockets;
using System.Text;
using TtsGrains.Cluster.Tests.Hosting;

namespace TtsGrains.Cluster.Tests.Upstreams;

/// <summary>A listener of a session, from its start.</summary>
internal sealed class Listener : IDisposable
{
    private readonly ClientWebSocket _socket = new();

    private Listener()
    {
    }

    public static async Task<Listener> ConnectAsync(Member api, string session, CancellationToken cancellationToken)
    {
        var listener = new Listener();
        listener._socket.Options.SetRequestHeader("X-API-Key", Member.Key);
        var url = new UriBuilder(api.WebSocket) { Path = $"/v1/sessions/{session}/audio", Query = "from=start" }.Uri;
        await listener._socket.ConnectAsync(url, cancellationToken);
        return listener;
    }

    /// <summary>Completes when the context is done. There may be no gap before.</summary>
    public async Task WhenDoneAsync(string context, CancellationToken cancellationToken)
    {
        for (var heard = ""; !heard.Contains("\"type\":\"done\"", StringComparison.Ordinal) || !heard.Contains($"\"{context}\"", StringComparison.Ordinal);)
        {
            heard = await ReadAsync(cancellationToken) ?? throw new InvalidOperationException($"Closed before the end: {_socket.CloseStatus} {_socket.CloseStatusDescription}");
            Assert.DoesNotContain("\"type\":\"gap\"", heard, StringComparison.Ordinal);
        }
    }

    /// <summary>Reads the next event; null when the service closes.</summary>
    public async Task<string?> ReadAsync(CancellationToken cancellationToken)
    {
        var (buffer, message) = (new byte[64 * 1024], new MemoryStream());
        ValueWebSocketReceiveResult part;
        do
        {
            part = await _socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
            message.Write(buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);
        return part.MessageType == WebSocketMessageType.Close ? null : Encoding.UTF8.GetString(message.ToArray());
    }

    public void Dispose() => _socket.Dispose();
}
