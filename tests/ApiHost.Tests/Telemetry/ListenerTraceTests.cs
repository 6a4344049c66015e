using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using TtsGrains.ApiHost.Sessions;
using TtsGrains.Grains.Interfaces;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.ApiHost.Tests.Telemetry;

/// <summary>When the span of a listener in a context ends.</summary>
public sealed class ListenerTraceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Span_EndsWithTheContext_WhetherItsEndIsKnownWithItsLastFrameOrBehindIt(bool isKnownWithFrame)
    {
        using var spans = new RecordedSpans();
        using var trace = new ListenerTrace();
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var instruments = new ListenerInstruments(services.GetRequiredService<IMeterFactory>());
        var listener = new SessionListener(maxBytes: 1000, isSequential: false, instruments);
        var frames = new FrameBatch
        {
            ContextKey = new ContextKey("acme", "call", "one", "1").ToString(),
            Encoding = "pcm_s16le",
            SampleRate = 8000,
            Frames = [new LoggedFrame(FrameKind.Done, new byte[10], 0, 0)],
            Count = 1,
            IsComplete = isKnownWithFrame,
            TraceParent = TraceSpans.Format(spans.Client),
        };
        listener.Start(new Dictionary<string, int>());

        listener.Offer(new SharedBatch(frames, new SessionPrefix("call", instruments)));
        await TakeAsync();
        Assert.Equal(isKnownWithFrame ? 1 : 0, spans.Of("tts.listener").Count);
        if (!isKnownWithFrame)
        {
            listener.Offer(new SharedBatch(frames with { From = 1, Frames = [], IsComplete = true }, new SessionPrefix("call", instruments)));
            await TakeAsync();
        }

        Assert.Single(spans.Of("tts.listener"));

        async Task TakeAsync()
        {
            var step = await listener.NextAsync(Token);
            trace.OnPiece(new ListenerEventPart(step!.Value.Track, step.Value.Batch, step.Value.From, null));
            trace.EndFinished(listener);
        }
    }
}
