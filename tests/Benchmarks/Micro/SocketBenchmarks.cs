using System.Net.WebSockets;
using BenchmarkDotNet.Attributes;
using TtsGrains.ApiHost.Tts;

namespace TtsGrains.Benchmarks.Micro;

/// <summary>Frames that are ready together, on their way into a client's socket: written one by one, and as one buffer.</summary>
[MemoryDiagnoser]
public class SocketBenchmarks : IDisposable
{
    private readonly byte[] _frame = new byte[1200];
    private readonly CountingTransport _transport = new();
    private CoalescingStream _stream = null!;
    private WebSocket _socket = null!;

    [Params(1, 10)]
    public int Frames { get; set; }

    [GlobalSetup]
    public void Open()
    {
        _stream = new CoalescingStream(_transport);
        _socket = WebSocket.CreateFromStream(_stream, new WebSocketCreationOptions { IsServer = true });
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _socket.Dispose();
        _stream.Dispose();
        _transport.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Baseline = true)]
    public async Task<long> OneByOne()
    {
        await SendAsync();
        return _transport.Writes;
    }

    [Benchmark]
    public async Task<long> OneBuffer()
    {
        _stream.Hold();
        await SendAsync();
        await _stream.ReleaseAsync();
        return _transport.Writes;
    }

    private async Task SendAsync()
    {
        for (var i = 0; i < Frames; i++)
        {
            await _socket.SendAsync(_frame.AsMemory(), WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, CancellationToken.None);
        }
    }

    private sealed class CountingTransport : MemoryStream
    {
        public long Writes { get; private set; }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Writes++;
            return default;
        }
    }
}
