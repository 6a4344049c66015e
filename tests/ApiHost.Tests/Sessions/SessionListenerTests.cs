using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using TtsGrains.ApiHost.Sessions;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.ApiHost.Tests.Sessions;

/// <summary>What one listener is to hear next, from what the stream brings and what it loses.</summary>
public sealed class SessionListenerTests : IDisposable
{
    private const int FrameBytes = 100;
    private const int BufferedFrames = 10;

    private static readonly string One = new ContextKey("acme", "call", "one", "1").ToString();
    private static readonly string Two = new ContextKey("acme", "call", "two", "1").ToString();

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ListenerInstruments _instruments;
    private readonly SessionPrefix _prefix;

    public SessionListenerTests()
    {
        _instruments = new ListenerInstruments(_services.GetRequiredService<IMeterFactory>());
        _prefix = new SessionPrefix("call", _instruments);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task Offer_MoreThanTheRoom_KeepsNoneOfItAndReadsItFromTheLog()
    {
        var listener = Started();
        for (var at = 0; at < 5 * BufferedFrames; at++)
        {
            listener.Offer(Batch(One, at));
            Assert.InRange(listener.WaitingBytes, 0, BufferedFrames * FrameBytes);
        }

        var first = await NextAsync(listener);

        Assert.Equal((0, true), (first.From, first.Batch is null));
    }

    [Fact]
    public async Task Next_AfterTheRoomWasTooSmall_JoinsTheLogToWhatComesThen()
    {
        var listener = Started();
        for (var at = 0; at <= BufferedFrames; at++)
        {
            listener.Offer(Batch(One, at));
        }

        listener.Offer(Batch(One, BufferedFrames + 1));
        listener.Offer(Batch(One, BufferedFrames + 2));
        var read = await NextAsync(listener);
        listener.OnRead(read.Track, Batch(One, 0, BufferedFrames + 1).Batch);
        var live = await NextAsync(listener);
        var last = await NextAsync(listener);

        Assert.Equal((0, BufferedFrames + 1), (read.From, read.ToRead));
        Assert.Equal((BufferedFrames + 1, BufferedFrames + 2), (live.From, last.From));
        Assert.NotNull(live.Batch);
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(1, 2)]
    [InlineData(3, 0)]
    public async Task Next_FramesThatCameTwice_AreGivenOnce(int from, int count)
    {
        var listener = Started();
        listener.Offer(Batch(One, 0, 3));
        await NextAsync(listener);

        listener.Offer(Batch(One, from, count));
        listener.Offer(Batch(One, 2, 2));

        Assert.Equal(3, (await NextAsync(listener)).From);
    }

    [Fact]
    public async Task Next_ContextThatSaysMuch_LetsTheOtherSpeak()
    {
        var listener = Started();
        listener.Offer(Batch(One, 0));
        listener.Offer(Batch(One, 1));
        listener.Offer(Batch(Two, 0));

        string[] heard = [(await NextAsync(listener)).Track.ContextId, (await NextAsync(listener)).Track.ContextId, (await NextAsync(listener)).Track.ContextId];

        Assert.Equal("two", heard[..2].Single(context => context != "one"));
    }

    [Fact]
    public async Task Next_OneAfterTheOther_WaitsForTheEndOfTheFirst()
    {
        var listener = Started(isSequential: true);
        listener.Offer(new SessionView([new SessionContext(1, One, IsOpen: true), new SessionContext(2, Two, IsOpen: true)], IsLive: true, 1, null));
        listener.Offer(Batch(Two, 0));
        listener.Offer(Batch(One, 0));

        var first = await NextAsync(listener);
        listener.OfferLength(Batch(One, 1, 0).Batch with { IsComplete = true });
        var second = await NextAsync(listener);

        Assert.Equal(("one", "two"), (first.Track.ContextId, second.Track.ContextId));
        Assert.True(second.Batch is null, "What the second said before its turn is read from its log.");
    }

    [Fact]
    public async Task AtOnce_ContextsThatHaveSpokenBefore_AreGivenFromTheFirstOn()
    {
        var listener = Started();
        listener.Offer(new SessionView([new SessionContext(1, One, IsOpen: false) { Frames = 1 }, new SessionContext(2, Two, IsOpen: false) { Frames = 1 }], IsLive: true, 2, null));

        var first = await NextAsync(listener);
        var second = await NextAsync(listener);

        Assert.Equal(("one", "two"), (first.Track.ContextId, second.Track.ContextId));
    }

    [Fact]
    public async Task Missing_FramesThatNobodyHas_AreSkippedUpToWhatIsThere()
    {
        var listener = Started();
        listener.Offer(Batch(One, 5));
        var read = await NextAsync(listener);

        Assert.Equal(5, listener.OnMissing(read.Track, read.From, to: null));
        Assert.Equal(5, (await NextAsync(listener)).From);
    }

    [Fact]
    public async Task Missing_OrphanThatNobodyHas_EndsTheSession()
    {
        var listener = Started();
        listener.Offer(new SessionView([new SessionContext(1, One, IsOpen: false)], IsLive: false, 1, null));
        var read = await NextAsync(listener);

        Assert.Null(listener.OnMissing(read.Track, read.From, to: null));
        Assert.Null(await listener.NextAsync(Token));
    }

    private SessionListener Started(bool isSequential = false)
    {
        var listener = new SessionListener(BufferedFrames * FrameBytes, isSequential, _instruments);
        listener.Start(new Dictionary<string, int>());
        return listener;
    }

    private static async Task<ListenerStep> NextAsync(SessionListener listener)
    {
        var step = await listener.NextAsync(Token);
        Assert.NotNull(step);
        return step.Value;
    }

    private SharedBatch Batch(string context, int from, int count = 1)
    {
        var frame = new LoggedFrame(FrameKind.Chunk, new byte[FrameBytes], 0, 0);
        return new SharedBatch(
            new FrameBatch { ContextKey = context, Encoding = "pcm_s16le", SampleRate = 8000, From = from, Frames = [.. Enumerable.Repeat(frame, count)], Count = from + count },
            _prefix);
    }
}
