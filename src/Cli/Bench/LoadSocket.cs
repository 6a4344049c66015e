using System.Buffers.Text;
using System.Net.WebSockets;
using System.Text;
using TtsGrains.Protocol;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.Cli.Bench;

/// <summary>One client socket that carries several contexts.</summary>
internal sealed class LoadSocket : IDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly Dictionary<int, LoadContext> _contexts = [];
    private readonly Lock _gate = new();

    private LoadSocket()
    {
    }

    public static async Task<LoadSocket> ConnectAsync(Uri url, CancellationToken cancellationToken)
    {
        var socket = new LoadSocket();
        socket._socket.Options.SetRequestHeader("Authorization", "Bearer demo");
        socket._socket.Options.SetRequestHeader("Cartesia-Version", ApiVersion.Newest.ToString());
        await socket._socket.ConnectAsync(url, cancellationToken);
        _ = socket.ReadAsync();
        return socket;
    }

    /// <summary>Opens a context; its clock starts just before the message is sent.</summary>
    public async Task SpeakAsync(LoadContext context, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _contexts.Add(context.Number, context);
        }

        var push = Encoding.UTF8.GetBytes(BenchScript.Push($"{context.Number}", context.Chunks));
        context.Start();
        await _socket.SendAsync(push, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
    }

    public void Dispose() => _socket.Dispose();

    private async Task ReadAsync()
    {
        var buffer = new byte[16 * 1024];
        var length = 0;
        try
        {
            while (true)
            {
                var result = await _socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
                length += result.Count;
                if (result.MessageType == WebSocketMessageType.Close)
                {
                    throw new BenchFailedException("a socket was closed.");
                }

                if (result.EndOfMessage)
                {
                    Take(buffer.AsSpan(0, length));
                    length = 0;
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException or OperationCanceledException or BenchFailedException)
        {
            Fail(e);
        }
    }

    private void Take(ReadOnlySpan<byte> message)
    {
        if (!ServerFrameParser.TryParse(message, out var frame) || !Utf8Parser.TryParse(frame.ContextId, out int number, out _))
        {
            return;
        }

        LoadContext? context;
        lock (_gate)
        {
            context = _contexts.GetValueOrDefault(number);
        }

        switch (frame.Kind)
        {
            case FrameKind.Chunk:
                context?.OnChunk();
                break;
            case FrameKind.Done:
                context?.OnDone();
                break;
            case FrameKind.Error:
                context?.OnFailed(new BenchFailedException($"a context ended with an error: {frame.ToError().Legacy}"));
                break;
        }
    }

    private void Fail(Exception reason)
    {
        lock (_gate)
        {
            foreach (var context in _contexts.Values)
            {
                context.OnFailed(reason);
            }
        }
    }
}
