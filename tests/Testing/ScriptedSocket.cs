using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;

namespace TtsGrains.Testing;

/// <summary>One socket that is, or was, connected to a <see cref="ScriptedUpstream"/>.</summary>
public sealed class ScriptedSocket
{
    private readonly Channel<Func<Task>> _outgoing = Channel.CreateUnbounded<Func<Task>>();
    private readonly HttpContext _http;
    private readonly WebSocket _socket;

    internal ScriptedSocket(int number, HttpContext http, WebSocket socket)
    {
        (Number, _http, _socket) = (number, http, socket);
        Headers = http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Counts the sockets of the upstream, from 1.</summary>
    public int Number { get; }

    /// <summary>Of the upgrade.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; }

    /// <summary>Contexts that are open on it now.</summary>
    public int OpenContexts { get; internal set; }

    /// <summary>The most contexts that were ever open on it at once.</summary>
    public int MostContexts { get; internal set; }

    public bool IsClosed { get; internal set; }

    internal bool IsEnding { get; set; }

    /// <summary>How the other side closed it; null when it did not say.</summary>
    public WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    /// <summary>Sends any text frame, behind those before it.</summary>
    public void Send(string frame)
        => _outgoing.Writer.TryWrite(() => _socket.SendAsync(Encoding.UTF8.GetBytes(frame), WebSocketMessageType.Text, endOfMessage: true, _http.RequestAborted));

    /// <summary>Closes our side when all that was sent before is on its way: the other side has exactly that.</summary>
    public void CloseBehind(WebSocketCloseStatus status = WebSocketCloseStatus.EndpointUnavailable)
        => _outgoing.Writer.TryWrite(() => _socket.CloseOutputAsync(status, null, _http.RequestAborted));

    /// <summary>Cuts the connection without a word.</summary>
    public void Drop() => _http.Abort();

    /// <summary>Closes our side, as Cartesia does with idle sockets.</summary>
    public Task CloseAsync(WebSocketCloseStatus status, string reason) => _socket.CloseOutputAsync(status, reason, CancellationToken.None);

    internal async Task RunAsync(Action<JsonElement> receive)
    {
        var writing = WriteAsync();
        try
        {
            while (await ReadAsync() is { } message)
            {
                receive(message);
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException)
        {
            // However it ended, it has.
        }

        _outgoing.Writer.TryComplete();
        await writing;
    }

    private async Task WriteAsync()
    {
        try
        {
            await foreach (var send in _outgoing.Reader.ReadAllAsync())
            {
                await send();
            }

            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, _http.RequestAborted);
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
            var result = await _socket.ReceiveAsync(buffer.AsMemory(), _http.RequestAborted);
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
