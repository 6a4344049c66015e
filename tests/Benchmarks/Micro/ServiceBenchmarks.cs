using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using BenchmarkDotNet.Attributes;
using TtsGrains.Benchmarks.Hosting;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.Benchmarks.Micro;

/// <summary>
/// Whole ways through the service, in one process with its upstream and its client, whose share is in the figures: one frame from the upstream's send to the client's
/// receive, and one context from its push to its end. One at a time, over loopback sockets, with the archive in files.
/// </summary>
[MemoryDiagnoser]
public class ServiceBenchmarks
{
    private const int Frames = 1000;
    private const int Openings = 200;

    private readonly byte[] _buffer = new byte[4096];
    private EchoUpstream _upstream = null!;
    private InProcessService _service = null!;
    private ClientWebSocket _socket = null!;
    private int _number;

    [GlobalSetup]
    public async Task OpenAsync()
    {
        _upstream = await EchoUpstream.StartAsync();
        _service = await InProcessService.StartAsync(_upstream.Url);
        await ConnectAsync();
    }

    [GlobalCleanup]
    public async Task CloseAsync()
    {
        _socket.Dispose();
        await _service.DisposeAsync();
        await _upstream.DisposeAsync();
    }

    // Each iteration has a session of its own: thousands of contexts on one would wait for its state to be written.
    [IterationSetup(Target = nameof(OpeningAsync))]
    public void BeginSession()
    {
        _socket.Dispose();
        ConnectAsync().GetAwaiter().GetResult();
    }

    [IterationSetup(Target = nameof(FrameEndToEndAsync))]
    public void BeginContext() => BeginContextAsync().GetAwaiter().GetResult();

    [IterationCleanup(Target = nameof(FrameEndToEndAsync))]
    public void EndContext() => EndContextAsync().GetAwaiter().GetResult();

    [Benchmark(OperationsPerInvoke = Frames)]
    public async Task FrameEndToEndAsync()
    {
        for (var i = 0; i < Frames; i++)
        {
            await _upstream.SendChunkAsync();
            await ReadUntilAsync(FrameKind.Chunk);
        }
    }

    [Benchmark(OperationsPerInvoke = Openings)]
    public async Task OpeningAsync()
    {
        for (var i = 0; i < Openings; i++)
        {
            await PushAsync(isOpen: false);
            await ReadUntilAsync(FrameKind.Done);
        }
    }

    private async Task ConnectAsync() => _socket = await _service.ConnectAsync("/tts/websocket", "cartesia_version=2026-03-01");

    private async Task BeginContextAsync()
    {
        await PushAsync(isOpen: true);
        await ReadUntilAsync(FrameKind.Chunk);
    }

    // A context that was left open would be ended later, while others are measured.
    private async Task EndContextAsync()
    {
        await SendAsync(string.Create(CultureInfo.InvariantCulture, $$"""{"context_id":"{{_number}}","transcript":"","continue":false}"""));
        await _upstream.EndAsync();
        await ReadUntilAsync(FrameKind.Done);
    }

    private ValueTask PushAsync(bool isOpen) => SendAsync(string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"context_id":"{{++_number}}","model_id":"sonic-3","transcript":"Good morning.","voice":{"mode":"id","id":"v"},"output_format":{"container":"raw","encoding":"pcm_mulaw","sample_rate":8000},"continue":{{(isOpen ? "true" : "false")}}}"""));

    private ValueTask SendAsync(string message) => _socket.SendAsync(Encoding.UTF8.GetBytes(message).AsMemory(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

    private async ValueTask ReadUntilAsync(FrameKind kind)
    {
        FrameKind read;
        do
        {
            read = await ReadAsync();
            if (read == FrameKind.Error)
            {
                throw new InvalidOperationException($"The service answered with an error: {Encoding.UTF8.GetString(_buffer).TrimEnd('\0')}");
            }
        }
        while (read != kind);
    }

    private async ValueTask<FrameKind> ReadAsync()
    {
        var length = 0;
        ValueWebSocketReceiveResult result;
        do
        {
            result = await _socket.ReceiveAsync(_buffer.AsMemory(length), CancellationToken.None);
            length += result.Count;
        }
        while (!result.EndOfMessage);

        return ServerFrameParser.TryParse(_buffer.AsSpan(0, length), out var frame) ? frame.Kind : FrameKind.Unknown;
    }
}
