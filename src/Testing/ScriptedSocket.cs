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
    private readonly Stream _stream;
    private readonly WebSocket _socket;

    internal ScriptedSocket(int number, HttpContext http, Stream stream)
    {
        (Number, _http, _stream) = (number, http, stream);
        _socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true, KeepAliveInterval = TimeSpan.Zero });
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

    /// <summary>True if it has ended, on either side.</summary>
    public bool IsClosed { get; internal set; }

    /// <summary>Whether it is to end behind what was sent: what is sent now goes nowhere.</summary>
    public bool IsEnding { get; private set; }

    /// <summary>How the other side closed it; null when it did not say.</summary>
    public WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    /// <summary>Sends any text frame, behind those before it.</summary>
    public void Send(string frame) => Enqueue(() => SendAsync(WebSocketMessageType.Text, Encoding.UTF8.GetBytes(frame)));

    /// <summary>Sends a binary frame.</summary>
    public void SendBinary(byte[] frame) => Enqueue(() => SendAsync(WebSocketMessageType.Binary, frame));

    /// <summary>Sends the first half of a text frame, whose header promises all of it, and cuts the connection.</summary>
    /// <param name="frame">Up to 65,535 bytes.</param>
    public void SendHalf(string frame)
    {
        IsEnding = true;
        var payload = Encoding.UTF8.GetBytes(frame);
        byte[] half = [0x81, 126, (byte)(payload.Length >> 8), (byte)payload.Length, .. payload[..(payload.Length / 2)]];
        Enqueue(async () =>
        {
            await _stream.WriteAsync(half, _http.RequestAborted);
            await _stream.FlushAsync(_http.RequestAborted);
            _http.Abort();
        });
    }

    /// <summary>Cuts the connection without a word. What was sent may get lost with it. Harmless when it is closed already.</summary>
    public void Drop()
    {
        if (!IsClosed)
        {
            _http.Abort();
        }
    }

    /// <summary>Closes our side when all that was sent before is on its way: the other side gets exactly that.</summary>
    public void CloseBehind(WebSocketCloseStatus status = WebSocketCloseStatus.EndpointUnavailable, string? reason = null)
    {
        IsEnding = true;
        Enqueue(() => _socket.CloseOutputAsync(status, reason, _http.RequestAborted));
    }

    private void Enqueue(Func<Task> send) => _outgoing.Writer.TryWrite(send);

    private Task SendAsync(WebSocketMessageType type, byte[] frame) => _socket.SendAsync(frame, type, endOfMessage: true, _http.RequestAborted);

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
        _socket.Dispose();
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
