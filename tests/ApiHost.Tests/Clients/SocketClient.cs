using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Clients;

/// <summary>
/// A client on a real WebSocket. It remembers all it hears and checks every frame: disposing it fails the test when one broke the protocol.
/// </summary>
public sealed class SocketClient : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly ClientWebSocket _socket = new();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly List<HeardContext> _contexts = [];
    private readonly List<JsonElement> _strayErrors = [];
    private readonly List<string> _order = [];
    private readonly List<Exception> _violations = [];
    private Task _reading = Task.CompletedTask;
    private int _probes;

    private SocketClient()
    {
    }

    /// <summary>Notes every frame and the end.</summary>
    public Changes Changes { get; } = new();

    /// <summary>The ids of the contexts that frames came for, one per frame, in order.</summary>
    public IReadOnlyList<string> Order => Snapshot(_order);

    /// <summary>Errors that name no context.</summary>
    public IReadOnlyList<JsonElement> StrayErrors => Snapshot(_strayErrors);

    public bool IsClosed { get; private set; }

    public WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    public string? CloseReason => _socket.CloseStatusDescription;

    /// <summary>A header of the upgrade's answer; null when there is none of that name.</summary>
    public string? HeaderOf(string name)
        => _socket.HttpResponseHeaders!.FirstOrDefault(header => string.Equals(header.Key, name, StringComparison.OrdinalIgnoreCase)).Value?.Single();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static Task<SocketClient> ConnectAsync(RunningService service, string tenant = RunningService.Acme, string session = "")
        => ConnectAsync(
            session.Length > 0 ? new Uri($"{service.WebSocket}?session_id={Uri.EscapeDataString(session)}") : service.WebSocket,
            options => options.SetRequestHeader("X-API-Key", $"{tenant}-key"));

    /// <exception cref="WebSocketException">The service refused.</exception>
    /// <param name="url">Where to.</param>
    /// <param name="configure">Changes the handshake.</param>
    /// <param name="invoker">Carries it, perhaps over a connection that has other requests; null for a connection of its own.</param>
    public static async Task<SocketClient> ConnectAsync(Uri url, Action<ClientWebSocketOptions>? configure = null, HttpMessageInvoker? invoker = null)
    {
        var client = new SocketClient();
        client._socket.Options.CollectHttpResponseDetails = true;
        configure?.Invoke(client._socket.Options);
        await client._socket.ConnectAsync(url, invoker, Cancellation);
        client._reading = client.ReadAsync();
        return client;
    }

    /// <summary>Sends one part of a context with all that the SDKs repeat.</summary>
    public Task PushAsync(string contextId, string text, bool more = true, bool flush = false, Action<JsonObject>? change = null)
        => SendAsync(contextId, Message(contextId, text, more, flush, change).ToJsonString());

    /// <summary>A complete message, to be changed as a test needs.</summary>
    public static JsonObject Message(string contextId, string text, bool more = false, bool flush = false, Action<JsonObject>? change = null)
    {
        var message = new JsonObject
        {
            ["context_id"] = contextId,
            ["model_id"] = "sonic-3",
            ["transcript"] = text,
            ["voice"] = new JsonObject { ["mode"] = "id", ["id"] = "voice-1" },
            ["output_format"] = new JsonObject { ["container"] = "raw", ["encoding"] = "pcm_s16le", ["sample_rate"] = 8000 },
            ["continue"] = more,
            ["max_buffer_delay_ms"] = 0,
        };
        if (flush)
        {
            message["flush"] = true;
        }

        change?.Invoke(message);
        return message;
    }

    /// <summary>Cancels, and returns when the server has read it: from then on any frame of the context breaks the protocol.</summary>
    public async Task CancelAsync(string contextId)
    {
        await SendAsync(contextId, $$"""{"cancel":true,"context_id":{{JsonSerializer.Serialize(contextId)}}}""");
        await WhenReadAsync();
        lock (_gate)
        {
            if (_contexts.FindLast(context => context.Id == contextId) is not { } context)
            {
                context = new HeardContext(contextId);
                _contexts.Add(context);
            }

            context.IsMuted = context.End is null;
        }
    }

    /// <summary>Returns when the server has read all that was sent so far: its answer to what can only be an error overtakes everything.</summary>
    public async Task WhenReadAsync()
    {
        var probe = $"probe-{Interlocked.Increment(ref _probes)}";
        await SendAsync(probe, $$"""{"context_id":"{{probe}}"}""");
        await WhenEndedAsync(probe);
    }

    /// <summary>Sends any text, noting that it is for that context.</summary>
    public async Task SendAsync(string contextId, string message)
    {
        lock (_gate)
        {
            if (_contexts.FindLast(context => context.Id == contextId) is { } known)
            {
                known.IsFollowed = known.End is not null || known.IsMuted;
            }
        }

        await SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, endOfMessage: true);
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes, WebSocketMessageType type, bool endOfMessage)
    {
        await _sending.WaitAsync(Cancellation);
        try
        {
            await _socket.SendAsync(bytes, type, endOfMessage, Cancellation);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>What was heard of the latest life of a context; null when nothing was.</summary>
    public HeardContext? Find(string contextId)
    {
        lock (_gate)
        {
            return _contexts.FindLast(context => context.Id == contextId);
        }
    }

    /// <summary>The context when what was heard of it is enough.</summary>
    public async Task<HeardContext> WhenAsync(string contextId, Func<HeardContext, bool> isEnough)
    {
        await Changes.WhenAsync(
            () =>
            {
                lock (_gate)
                {
                    return IsClosed || (_contexts.FindLast(context => context.Id == contextId) is { } context && isEnough(context));
                }
            },
            Cancellation,
            $"context {contextId}");
        var found = Find(contextId);
        Assert.True(found is not null && isEnough(found), $"The socket closed with {CloseStatus} while waiting for context {contextId}.");
        return found;
    }

    public Task<HeardContext> WhenEndedAsync(string contextId) => WhenAsync(contextId, context => context.End is not null);

    public Task WhenClosedAsync() => Changes.WhenAsync(() => IsClosed, Cancellation);

    public Task CloseAsync() => _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Cancellation);

    /// <summary>Vanishes without a word.</summary>
    public void Abort() => _socket.Abort();

    public async ValueTask DisposeAsync()
    {
        _socket.Abort();
        await _reading;
        _socket.Dispose();
        _sending.Dispose();
        if (_violations.Count > 0)
        {
            throw new InvalidOperationException($"{_violations.Count} frames broke the protocol; the first: {_violations[0].Message}", _violations[0]);
        }
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[FrameRules.LongestFrame];
        try
        {
            while (true)
            {
                var (type, length) = await _socket.ReceiveWholeAsync(buffer);
                if (type == WebSocketMessageType.Close)
                {
                    break;
                }

                OnFrame(type, buffer.AsSpan(0, length));
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The end, however it came.
        }

        IsClosed = true;
        Changes.Note();
    }

    private void OnFrame(WebSocketMessageType type, ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            try
            {
                Assert.Equal(WebSocketMessageType.Text, type);
                var frame = JsonDocument.Parse(bytes.ToArray()).RootElement;
                FrameRules.Check(frame);
                if (frame.TryGetProperty("context_id", out var contextId))
                {
                    _order.Add(contextId.GetString()!);
                    ContextOf(contextId.GetString()!).Add(frame);
                }
                else
                {
                    _strayErrors.Add(frame);
                }
            }
            catch (Exception e)
            {
                _violations.Add(e);
            }
        }

        Changes.Note();
    }

    private HeardContext ContextOf(string contextId)
    {
        if (_contexts.FindLast(context => context.Id == contextId) is { } known && !known.IsFollowed)
        {
            return known;
        }

        var context = new HeardContext(contextId);
        _contexts.Add(context);
        return context;
    }

    private List<T> Snapshot<T>(List<T> list)
    {
        lock (_gate)
        {
            return [.. list];
        }
    }
}
