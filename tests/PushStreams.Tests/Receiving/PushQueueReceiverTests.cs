using TtsGrains.PushStreams.Messages;
using TtsGrains.PushStreams.Queues;
using TtsGrains.PushStreams.Receiving;
using TtsGrains.Testing;

namespace TtsGrains.PushStreams.Tests.Receiving;

public sealed class PushQueueReceiverTests
{
    private const string Key = "push/0/8";

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly ScriptedQueueGrain _grain = new();
    private readonly PushStreamOptions _options = new();
    private readonly ProviderParts _parts;
    private readonly PushQueueCache _cache;
    private readonly PushQueueReceiver _receiver;

    public PushQueueReceiverTests()
    {
        _parts = Parts.Of(_options, _time) with { Here = SiloAddress.New(System.Net.IPAddress.Loopback, 11_111, 1) };
        _cache = new PushQueueCache(_parts);
        _receiver = new PushQueueReceiver(_parts, Key, _grain, _cache);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GetQueueMessages_WithNothingThere_WaitsInsteadOfComingBackEmpty()
    {
        var queue = AddLocalQueue();

        var getting = _receiver.GetQueueMessagesAsync(64, Cancel);
        Assert.False(getting.IsCompleted);
        await queue.EnqueueAsync(Parts.Message("a", 1), TimeSpan.Zero);

        Assert.Single(await getting);
        Assert.Empty(_grain.Calls);
    }

    [Fact]
    public async Task GetQueueMessages_WithNothingComing_EndsAfterThePollWait()
    {
        AddLocalQueue();
        var getting = _receiver.GetQueueMessagesAsync(64, Cancel);

        _time.Advance(_options.PollWait);

        Assert.Empty(await getting);
    }

    [Fact]
    public async Task GetQueueMessages_Cancelled_EndsAtOnce()
    {
        AddLocalQueue();
        using var stop = new CancellationTokenSource();
        var getting = _receiver.GetQueueMessagesAsync(64, stop.Token);

        await stop.CancelAsync();

        Assert.Empty(await getting);
    }

    [Fact]
    public async Task Shutdown_EndsTheWaitAtOnce_AndLetsTheNextReceiverIn()
    {
        var queue = AddLocalQueue();
        var getting = _receiver.GetQueueMessagesAsync(64, Cancel);

        await _receiver.Shutdown(TimeSpan.FromSeconds(5));

        Assert.Empty(await getting);
        Assert.True(queue.Take(new DequeueRequest(Guid.NewGuid(), 0, 0, 1)).IsHeld);
    }

    [Fact]
    public async Task GetQueueMessages_WithoutRoomInTheCache_TakesNothing_UntilThereIsSome()
    {
        _options.CacheCapacity = 2;
        _options.BatchSize = 1;
        var queue = AddLocalQueue();
        for (var i = 0; i < 3; i++)
        {
            await queue.EnqueueAsync(Parts.Message("a", i), TimeSpan.Zero);
        }

        using var cursor = _cache.GetCacheCursor(StreamId.Create("numbers", "a"), token: null);
        _cache.AddToCache(await _receiver.GetQueueMessagesAsync(64, Cancel));
        _cache.AddToCache(await _receiver.GetQueueMessagesAsync(64, Cancel));
        var getting = _receiver.GetQueueMessagesAsync(64, Cancel);
        Assert.False(getting.IsCompleted);

        cursor.MoveNextWithResult();
        cursor.MoveNextWithResult();

        Assert.Single(await getting);
    }

    [Fact]
    public async Task GetQueueMessages_FromAQueueOnAnotherSilo_GetsThemFromThere_AndCallsItHere()
    {
        _grain.Answer = _ => new DequeueAnswer([new NumberedMessage(5, Parts.Message("a", 1))], IsHeld: true);

        Assert.Single(await _receiver.GetQueueMessagesAsync(64, Cancel));
        Assert.Single(await _receiver.GetQueueMessagesAsync(64, Cancel));

        // Not at once again: it may not be able to come.
        Assert.Equal(["take 0", "move", "take 5"], _grain.Calls);
    }

    [Fact]
    public async Task GetQueueMessages_FromAQueueThatAnotherStillHas_LeavesItWhereItIs()
    {
        _grain.Answer = _ => DequeueAnswer.None;

        Assert.Empty(await _receiver.GetQueueMessagesAsync(64, Cancel));

        Assert.Equal(["take 0"], _grain.Calls);
    }

    [Fact]
    public async Task GetQueueMessages_FromASiloThatIsLost_PausesAndComesBackEmpty_SoThatTheAgentGoesOn()
    {
        _grain.Answer = _ => throw new SiloUnavailableException("gone");
        var getting = _receiver.GetQueueMessagesAsync(64, Cancel);
        await _time.WhenTimerAsync(due => due < TimeSpan.FromSeconds(1), Cancel);

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Empty(await getting);
        _grain.Answer = _ => new DequeueAnswer([new NumberedMessage(5, Parts.Message("a", 1))], IsHeld: true);
        Assert.Single(await _receiver.GetQueueMessagesAsync(64, Cancel));
    }

    [Fact]
    public async Task GetQueueMessages_FromASiloThatHangs_DoesNotHang()
    {
        var never = new TaskCompletionSource<DequeueAnswer>();
        _grain.Waiting = never.Task;
        var getting = _receiver.GetQueueMessagesAsync(64, Cancel);
        Assert.False(getting.IsCompleted);

        // The wait of a second and the grace of three, then the pause.
        _time.Advance(TimeSpan.FromSeconds(4));
        await _time.WhenTimerAsync(due => due < TimeSpan.FromSeconds(1), Cancel);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Empty(await getting);
    }

    private PushQueue AddLocalQueue()
    {
        var queue = new PushQueue(100, TimeSpan.FromSeconds(3), _time);
        _parts.Local.Add(Key, queue);
        return queue;
    }

    private sealed class ScriptedQueueGrain : IPushQueueGrain
    {
        public List<string> Calls { get; } = [];

        public Func<DequeueRequest, DequeueAnswer> Answer { get; set; } = _ => DequeueAnswer.None;

        public Task<DequeueAnswer>? Waiting { get; set; }

        public Task<Enqueued> EnqueueAsync(PushMessage message, TimeSpan patience) => throw new NotSupportedException();

        public Task<DequeueAnswer> TakeAsync(DequeueRequest request, TimeSpan wait, CancellationToken cancellationToken)
        {
            Calls.Add($"take {request.Received}");
            return Waiting ?? Task.FromResult(Answer(request));
        }

        public Task ReleaseAsync(Guid receiver, long delivered) => Task.CompletedTask;

        public Task MoveAsync(SiloAddress silo)
        {
            Calls.Add("move");
            return Task.CompletedTask;
        }
    }
}
