using System.Net.WebSockets;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.Cli.Bench;

/// <summary>One who listens to the session of a benchmark, and when each chunk came to him.</summary>
internal sealed class BenchListener : IDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long[] _arrivals;
    private int _received;

    private BenchListener(int chunks) => _arrivals = new long[chunks];

    /// <summary>Ends when he has heard all.</summary>
    public Task Ended => _ended.Task;

    /// <summary>When each chunk came.</summary>
    public IReadOnlyList<long> Arrivals => _arrivals;

    /// <param name="service">The service's WebSocket endpoint.</param>
    /// <param name="session">The session.</param>
    /// <param name="chunks">How many chunks there will be.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<BenchListener> ConnectAsync(Uri service, string session, int chunks, CancellationToken cancellationToken)
    {
        var listener = new BenchListener(chunks);
        listener._socket.Options.SetRequestHeader("X-API-Key", "demo");
        var url = new UriBuilder(service) { Path = $"/v1/sessions/{session}/audio", Query = "from=start" }.Uri;
        await listener._socket.ConnectAsync(url, cancellationToken);
        _ = listener.ReadAsync();
        return listener;
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
                    throw new BenchFailedException("a listener's socket was closed.");
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
            _ended.TrySetException(e);
        }
    }

    private void Take(ReadOnlySpan<byte> message)
    {
        if (!ServerFrameParser.TryParse(message, out var frame))
        {
            throw new BenchFailedException("a listener got something else than a frame.");
        }

        if (frame.Kind == FrameKind.Chunk && _received < _arrivals.Length)
        {
            _arrivals[_received++] = TimeProvider.System.GetTimestamp();
        }
        else if (frame.Kind == FrameKind.Done && _received == _arrivals.Length)
        {
            _ended.TrySetResult();
        }
        else
        {
            throw new BenchFailedException($"a listener got a {frame.Kind} after {_received} of {_arrivals.Length} chunks.");
        }
    }
}
