using System.Net.WebSockets;
using System.Text.Json;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Clients;

/// <summary>Somebody who listens to a session over a real WebSocket, and remembers what was heard.</summary>
public sealed class ListenerClient : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly ClientWebSocket _socket = new();
    private readonly List<JsonElement> _events = [];
    private Task _reading = Task.CompletedTask;

    private ListenerClient()
    {
    }

    public Changes Changes { get; } = new();

    public bool IsClosed { get; private set; }

    public WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    public IReadOnlyList<JsonElement> Events
    {
        get
        {
            lock (_gate)
            {
                return [.. _events];
            }
        }
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <param name="service">Where to listen.</param>
    /// <param name="session">To which session.</param>
    /// <param name="query">Behind the question mark.</param>
    /// <param name="isReading">Whether to take what comes; else not before <see cref="Read"/>.</param>
    public static async Task<ListenerClient> ConnectAsync(RunningService service, string session, string query = "", bool isReading = true)
    {
        var url = new UriBuilder(service.WebSocket) { Path = $"/v1/sessions/{Uri.EscapeDataString(session)}/audio", Query = query }.Uri;
        return await ConnectAsync(url, isReading: isReading);
    }

    /// <param name="url">Where to listen.</param>
    /// <param name="configure">Changes the handshake.</param>
    /// <param name="invoker">Carries it; null for a connection of its own.</param>
    /// <param name="isReading">Whether to take what comes; else not before <see cref="Read"/>.</param>
    public static async Task<ListenerClient> ConnectAsync(
        Uri url, Action<ClientWebSocketOptions>? configure = null, HttpMessageInvoker? invoker = null, bool isReading = true)
    {
        var client = new ListenerClient();
        client._socket.Options.SetRequestHeader("X-API-Key", $"{RunningService.Acme}-key");
        configure?.Invoke(client._socket.Options);
        await client._socket.ConnectAsync(url, invoker, Cancellation);
        if (isReading)
        {
            client.Read();
        }

        return client;
    }

    public void Read() => _reading = ReadAsync();

    /// <summary>The events of one context.</summary>
    public IReadOnlyList<JsonElement> Of(string contextId)
        => [.. Events.Where(e => e.TryGetProperty("context_id", out var id) && id.GetString() == contextId)];

    /// <summary>Where the listener stands, by the last word of the service; null when it gave none.</summary>
    public string? Bookmark => Events.LastOrDefault(e => e.GetProperty("type").GetString() == "bookmark") is { ValueKind: JsonValueKind.Object } bookmark
        ? bookmark.GetProperty("since").GetString()
        : null;

    /// <summary>The offsets of the events of one context, in the order in which they came.</summary>
    public IReadOnlyList<int> OffsetsOf(string contextId) => [.. Of(contextId).Select(e => e.GetProperty("offset").GetInt32())];

    public byte[] AudioOf(string contextId) => [.. Of(contextId)
        .Where(e => e.GetProperty("type").GetString() == "chunk").SelectMany(e => e.GetProperty("data").GetBytesFromBase64())];

    public Task WhenAsync(Func<ListenerClient, bool> isEnough) => Changes.WhenAsync(() => isEnough(this), Cancellation);

    public Task WhenClosedAsync() => Changes.WhenAsync(() => IsClosed, Cancellation);

    /// <summary>Vanishes without a word.</summary>
    public void Abort() => _socket.Abort();

    public async ValueTask DisposeAsync()
    {
        _socket.Abort();
        await _reading;
        _socket.Dispose();
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
                    await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
                    break;
                }

                var heard = JsonDocument.Parse(buffer.AsSpan(0, length).ToArray()).RootElement;
                lock (_gate)
                {
                    _events.Add(heard);
                }

                Changes.Note();
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The end, however it came.
        }

        IsClosed = true;
        Changes.Note();
    }
}
