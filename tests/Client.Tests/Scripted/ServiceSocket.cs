using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;

namespace TtsGrains.Client.Tests.Scripted;

/// <summary>One socket of a <see cref="ScriptedService"/>.</summary>
internal sealed class ServiceSocket(ScriptedService service, HttpContext http, WebSocket socket)
{
    private readonly Channel<string> _frames = Channel.CreateUnbounded<string>();

    /// <summary>Of the upgrade.</summary>
    public IReadOnlyDictionary<string, string> Query { get; } = http.Request.Query.ToDictionary(member => member.Key, member => member.Value.ToString());

    /// <inheritdoc cref="Query"/>
    public IReadOnlyDictionary<string, string> Headers { get; } =
        http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);

    public void Send(string frame) => _frames.Writer.TryWrite(frame);

    /// <summary>Cuts the connection without a word: what was written last may be lost with it.</summary>
    public void Kill()
    {
        try
        {
            http.Abort();
        }
        catch (ObjectDisposedException)
        {
            // It was over before.
        }
    }

    /// <summary>Closes as a host does that stops: what was written before arrives.</summary>
    public Task CloseAsync() => socket.CloseOutputAsync(WebSocketCloseStatus.EndpointUnavailable, null, CancellationToken.None);

    public async Task RunAsync()
    {
        var writing = WriteAsync();
        try
        {
            while (await ReadAsync() is { } message)
            {
                service.OnMessage(this, message);
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException)
        {
            // However it ended, it has.
        }

        _frames.Writer.TryComplete();
        await writing;
    }

    private async Task WriteAsync()
    {
        try
        {
            await foreach (var frame in _frames.Reader.ReadAllAsync())
            {
                if (!service.OnWriting(this))
                {
                    return;
                }

                await socket.SendAsync(Encoding.UTF8.GetBytes(frame).AsMemory(), WebSocketMessageType.Text, endOfMessage: true, http.RequestAborted);
            }

            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, http.RequestAborted);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException or InvalidOperationException)
        {
            // The loop that reads ends too.
        }
    }

    private async Task<JsonElement?> ReadAsync()
    {
        using var message = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var result = await socket.ReceiveAsync(buffer.AsMemory(), http.RequestAborted);
            if (result.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            message.Write(buffer, 0, result.Count);
            if (result.EndOfMessage)
            {
                return JsonDocument.Parse(message.ToArray()).RootElement;
            }
        }
    }
}
