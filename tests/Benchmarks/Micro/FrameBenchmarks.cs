using System.Text;
using BenchmarkDotNet.Attributes;
using TtsGrains.Grains.Connections;
using TtsGrains.Grains.Contexts.Log;
using TtsGrains.Protocol;
using TtsGrains.Protocol.Audio;
using TtsGrains.Protocol.Frames;
using TtsGrains.Protocol.Requests;

namespace TtsGrains.Benchmarks.Micro;

/// <summary>The steps of a frame's way through the process, each alone: 100 ms of µ-law at 8 kHz.</summary>
[MemoryDiagnoser]
public class FrameBenchmarks
{
    private const int Frames = 1000;
    private const string UpstreamContextId = "0f8fad5bd9cb469fa16570867728950e";

    private static readonly AudioFormat Format = new(AudioEncoding.PcmMulaw, 8000);

    private readonly byte[] _frame = Encoding.UTF8.GetBytes(
        $$"""{"type":"chunk","context_id":"{{UpstreamContextId}}","status_code":206,"done":false,"step_time":12.5,"data":"{{Convert.ToBase64String(new byte[800])}}"}""");

    private readonly byte[] _push = Encoding.UTF8.GetBytes(
        """{"context_id":"call-17","model_id":"sonic-3","transcript":"Good morning, this is the bank.","voice":{"mode":"id","id":"voice-1"},"output_format":{"container":"raw","encoding":"pcm_mulaw","sample_rate":8000},"continue":true,"max_buffer_delay_ms":0}""");

    private readonly byte[] _output = new byte[4096];
    private readonly ServerFrameWriter _writer = new("call-17", ApiVersion.Newest);
    private readonly UpstreamRoutes _routes = new(() => { }, _ => { });

    [GlobalSetup]
    public void Open() => _routes.Add(UpstreamContextId, new NoRoute(), "acme");

    [Benchmark]
    public int ParseClientMessage() => ClientMessageParser.Parse(_push, out var message) is null ? message.Transcript!.Length : 0;

    [Benchmark]
    public int ParseServerFrame() => ServerFrameParser.TryParse(_frame, out var frame) ? frame.Data.Length : 0;

    [Benchmark]
    public int WriteFrame()
    {
        _ = ServerFrameParser.TryParse(_frame, out var frame);
        return _writer.WriteChunk(_output, frame.Data, frame.StepTime, 1, out _);
    }

    [Benchmark]
    public bool RouteById()
    {
        _ = ServerFrameParser.TryParse(_frame, out var frame);
        return _routes.Deliver(frame) == RouteResult.Delivered;
    }

    /// <summary>Allocates what a log keeps: the frame itself.</summary>
    [Benchmark(OperationsPerInvoke = Frames)]
    public int AppendToLog()
    {
        var log = new ContextLog(_writer, Format, wantsWords: false, wantsPhonemes: false);
        _ = ServerFrameParser.TryParse(_frame, out var frame);
        for (var i = 0; i < Frames; i++)
        {
            log.AppendChunk(log.Attempts.Current, frame.Data, frame.StepTime);
        }

        return log.Count;
    }

    private sealed class NoRoute : IUpstreamRoute
    {
        public void OnFrame(in ServerFrame frame)
        {
        }

        public bool EndsWith(in ServerFrame frame) => false;

        public bool CheckSilence() => false;

        public void OnLost()
        {
        }
    }
}
