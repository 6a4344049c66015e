using TtsGrains.Archive.Stores;
using TtsGrains.Testing;
using Xunit;

namespace TtsGrains.Archive.Tests;

public sealed class StoreHealthTests
{
    private static readonly TimeSpan ShortestOutage = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly StoreHealth _store;

    public StoreHealthTests() => _store = new StoreHealth(ShortestOutage, _time);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OutageOver_WhoeverPausesGoesOnAtOnce()
    {
        Assert.True(_store.RecordFailure());
        Task[] pauses = [_store.PauseAsync(Delay, Cancellation), _store.PauseAsync(Delay, Cancellation)];
        _time.Advance(ShortestOutage);

        Assert.True(_store.RecordSuccess());

        await Task.WhenAll(pauses).WaitAsync(Cancellation);
        Assert.Equal((false, 1), (_store.IsFailing, _store.Outages));
    }

    [Fact]
    public async Task OneFilesOwnTrouble_BesideOthersThatAreTaken_WaitsItsTime()
    {
        _store.RecordFailure();
        var pause = _store.PauseAsync(Delay, Cancellation);
        _time.Advance(ShortestOutage - TimeSpan.FromMilliseconds(1));
        Assert.True(_store.RecordSuccess());

        Assert.False(pause.IsCompleted);
        Assert.Equal(0, _store.Outages);

        _time.Advance(Delay);
        await pause.WaitAsync(Cancellation);
    }

    [Fact]
    public async Task StillFailing_WaitsItsTime()
    {
        _store.RecordFailure();
        var pause = _store.PauseAsync(Delay, Cancellation);
        _time.Advance(Delay);

        await pause.WaitAsync(Cancellation);
        Assert.False(_store.RecordFailure());
        Assert.True(_store.IsFailing);
    }

    [Fact]
    public async Task Cancelled_EndsWithoutAnError()
    {
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var pause = _store.PauseAsync(Delay, cancellation.Token);
        await cancellation.CancelAsync();

        await pause.WaitAsync(Cancellation);
    }
}
