using System.Net.WebSockets;
using TtsGrains.Cli.Bench.Processes;
using TtsGrains.Cli.Bench.Upstream;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.Cli.Bench.Load;

/// <summary>One listener of a session, and when each chunk of its one context came.</summary>
internal sealed class BenchListener : IDisposable
{
    private readonly ClientWebSocket _socket;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly FrameCheck _check;
    private readonly List<long> _arrivals;

    private BenchListener(ClientWebSocket socket, int chunks) => (_socket, _check, _arrivals) = (socket, new FrameCheck(chunks), new List<long>(chunks));

    /// <summary>Gets a task that completes when the context has ended for the listener, or it has lost its socket.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Gets when each chunk came; complete when <see cref="Ended"/> is.</summary>
    public IReadOnlyList<long> Arrivals => _ended.Task.IsCompleted ? _arrivals : [];

    /// <summary>Gets the first rule that its frames violated; null if there is none.</summary>
    public string? Violation => _check.Violation is { } violation ? $"a listener: {violation}" : null;

    /// <param name="service">The service.</param>
    /// <param name="session">The session.</param>
    /// <param name="chunks">The number of chunks that its context asks for.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<BenchListener> ConnectAsync(BenchTarget service, string session, int chunks, CancellationToken cancellationToken)
    {
        var listener = new BenchListener(await service.ConnectAsync($"/v1/sessions/{session}/audio", "from=start", cancellationToken), chunks);
        _ = listener.ReadAsync();
        return listener;
    }

    /// <summary>Takes the end of the measurement.</summary>
    public void OnTimeout()
    {
        if (!_ended.Task.IsCompleted)
        {
            _check.OnTimeout();
            _ended.TrySetResult();
        }
    }

    public void Dispose() => _socket.Dispose();

    private async Task ReadAsync()
    {
        var buffer = new byte[4 * 1024];
        var length = 0;
        try
        {
            while (!_ended.Task.IsCompleted)
            {
                if (length == buffer.Length)
                {
                    Array.Resize(ref buffer, buffer.Length * 2);
                }

                var result = await _socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
                length += result.Count;
                if (result.MessageType == WebSocketMessageType.Close)
                {
                    _check.Report($"its socket was closed with {_socket.CloseStatus}");
                    _ended.TrySetResult();
                }
                else if (result.EndOfMessage)
                {
                    Take(buffer.AsSpan(0, length));
                    length = 0;
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException or OperationCanceledException)
        {
            if (!_ended.Task.IsCompleted)
            {
                _check.Report($"its socket was lost: {e.Message}");
                _ended.TrySetResult();
            }
        }
    }

    private void Take(ReadOnlySpan<byte> message)
    {
        if (!ServerFrameParser.TryParse(message, out var frame))
        {
            _check.Report($"a message is not a frame of the protocol");
            return;
        }

        switch (frame.Kind)
        {
            case FrameKind.Chunk:
                _arrivals.Add(TimeProvider.System.GetTimestamp());
                _check.OnChunk(ChunkNumber.Read(frame.Data));
                break;
            case FrameKind.Done:
                _check.OnEnd();
                _ended.TrySetResult();
                break;
            case FrameKind.Error:
                _check.Report($"the context ended with an error: {frame.ToError().Legacy}");
                _ended.TrySetResult();
                break;
        }
    }
}
