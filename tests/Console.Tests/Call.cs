using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace TtsGrains.Console.Tests;

/// <summary>A call that speaks over a socket of its own, without a browser. Its session is live until it is disposed of.</summary>
internal sealed class Call : IAsyncDisposable
{
    private readonly ClientWebSocket _socket;
    private int _contexts;

    private Call(ClientWebSocket socket, string session) => (_socket, Session) = (socket, session);

    /// <summary>The session's id.</summary>
    public string Session { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <param name="service">The address of the service.</param>
    /// <param name="reference">The caller's reference; null for none.</param>
    public static async Task<Call> OpenAsync(Uri service, string? reference = null)
    {
        var session = $"call-{Guid.NewGuid():N}";
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("X-API-Key", ServiceProcess.AcmeKey);
        await socket.ConnectAsync(new UriBuilder(service) { Scheme = "ws", Path = "/tts/websocket", Query = $"session_id={session}" + (reference is null ? "" : $"&ref={reference}") }.Uri, Token);
        return new Call(socket, session);
    }

    /// <summary>Speaks a text and completes when all of it was made, which may be before it could have been played.</summary>
    public async Task SpeakAsync(string text)
    {
        var context = $"context-{++_contexts}";
        var message = JsonSerializer.SerializeToUtf8Bytes(new
        {
            context_id = context,
            model_id = "sonic-3",
            transcript = text,
            @continue = false,
            add_timestamps = true,
            voice = new { mode = "id", id = "6ccbfb76-1fc6-48f7-b71d-91ac6298247b" },
            output_format = new { container = "raw", encoding = "pcm_s16le", sample_rate = 24000 },
        });
        await _socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, Token);
        while (await ReadAsync() is { } frame)
        {
            Assert.NotEqual("error", frame.GetProperty("type").GetString());
            if (frame.GetProperty("type").GetString() == "done")
            {
                return;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_socket.State == WebSocketState.Open)
        {
            await _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        }

        _socket.Dispose();
    }

    private async Task<JsonElement?> ReadAsync()
    {
        using var frame = new MemoryStream();
        var buffer = new byte[64 * 1024];
        ValueWebSocketReceiveResult part;
        do
        {
            part = await _socket.ReceiveAsync(buffer.AsMemory(), Token);
            frame.Write(buffer.AsSpan(0, part.Count));
        }
        while (!part.EndOfMessage);
        return part.MessageType == WebSocketMessageType.Close ? null : JsonDocument.Parse(Encoding.UTF8.GetString(frame.ToArray())).RootElement;
    }
}
