using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net.WebSockets;
using TtsGrains.Cli.Bench.Processes;
using TtsGrains.Cli.Bench.Upstream;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.Cli.Bench.Load;

/// <summary>One client socket that carries several contexts.</summary>
internal sealed class LoadSocket : IDisposable
{
    private readonly ClientWebSocket _socket;
    private readonly ConcurrentDictionary<int, LoadContext> _contexts = new();
    private readonly SemaphoreSlim _sending = new(1);
    private int _next;
    private volatile string? _violation;

    private LoadSocket(ClientWebSocket socket) => _socket = socket;

    /// <summary>Gets the first frame that belongs to no context of the socket, as a sentence; null if there was none.</summary>
    public string? Violation => _violation;

    /// <param name="target">The endpoint.</param>
    /// <param name="query">The query of its URL; empty for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<LoadSocket> ConnectAsync(BenchTarget target, string query, CancellationToken cancellationToken)
    {
        var socket = new LoadSocket(await target.ConnectAsync(path: null, query, cancellationToken));
        _ = socket.ReadAsync();
        return socket;
    }

    /// <summary>Connects several sockets.</summary>
    public static async Task<List<LoadSocket>> ConnectAsync(BenchTarget target, int count, CancellationToken cancellationToken)
    {
        var sockets = new List<LoadSocket>(count);
        try
        {
            for (var i = 0; i < count; i++)
            {
                sockets.Add(await ConnectAsync(target, "", cancellationToken));
            }

            return sockets;
        }
        catch
        {
            sockets.ForEach(socket => socket.Dispose());
            throw;
        }
    }

    /// <summary>Gets a number for another context of this socket.</summary>
    public int NextNumber() => Interlocked.Increment(ref _next) - 1;

    /// <summary>Opens a context; its clock starts just before the message is sent.</summary>
    /// <param name="context">The context.</param>
    /// <param name="isOpen">True if the context stays open for more text.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task SpeakAsync(LoadContext context, CancellationToken cancellationToken, bool isOpen = false)
    {
        _contexts[context.Number] = context;
        var push = BenchScript.Push(NameOf(context), context.Chunks, context.Format, isOpen);
        await SendAsync(context, push, context.Start, cancellationToken);
    }

    /// <summary>Cancels a context.</summary>
    public Task CancelAsync(LoadContext context, CancellationToken cancellationToken)
        => SendAsync(context, BenchScript.Cancel(NameOf(context)), context.Cancel, cancellationToken);

    public void Dispose()
    {
        _socket.Dispose();
        _sending.Dispose();
    }

    private static string NameOf(LoadContext context) => context.Number.ToString(CultureInfo.InvariantCulture);

    private async Task SendAsync(LoadContext context, byte[] message, Action startClock, CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken);
        try
        {
            startClock();
            await _socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException or InvalidOperationException)
        {
            context.OnLost(e.Message);
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[4 * 1024];
        var length = 0;
        try
        {
            while (true)
            {
                if (length == buffer.Length)
                {
                    Array.Resize(ref buffer, buffer.Length * 2);
                }

                var result = await _socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
                length += result.Count;
                if (result.MessageType == WebSocketMessageType.Close)
                {
                    Lose($"it was closed with {_socket.CloseStatus} {_socket.CloseStatusDescription}");
                    return;
                }

                if (result.EndOfMessage)
                {
                    Take(buffer.AsSpan(0, length));
                    length = 0;
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException or OperationCanceledException)
        {
            Lose(e.Message);
        }
    }

    private void Take(ReadOnlySpan<byte> message)
    {
        if (!ServerFrameParser.TryParse(message, out var frame))
        {
            _violation ??= "a message is not a frame of the protocol";
            return;
        }

        if (!Utf8Parser.TryParse(frame.ContextId, out int number, out _) || !_contexts.TryGetValue(number, out var context))
        {
            _violation ??= $"a {frame.Kind} frame came for a context that has ended or was never opened";
            return;
        }

        context.OnFrame(frame);

        // A cancelled context may have frames on the way when its end comes.
        if (context.Ended.IsCompleted && !context.IsCancelled)
        {
            _contexts.TryRemove(number, out _);
        }
    }

    private void Lose(string reason)
    {
        foreach (var context in _contexts.Values)
        {
            context.OnLost(reason);
        }
    }
}
