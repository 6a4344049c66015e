using TtsGrains.Grains.Connections;
using TtsGrains.Grains.Interfaces.Connections;
using TtsGrains.Testing;
using Xunit;

namespace TtsGrains.Grains.Tests.Connections;

public sealed class UpstreamBreakerTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly UpstreamBreaker _breaker;

    // The full delay each time, so that it is known.
    public UpstreamBreakerTests() => _breaker = new UpstreamBreaker(breakAfter: 3, _time, () => 1);

    [Fact]
    public void New_IsClosedAndMayBeDialled()
    {
        Assert.Equal((BreakerState.Closed, true, true), (_breaker.State, _breaker.Admits, _breaker.MayDial));
        Assert.Null(_breaker.LastFailure);
    }

    [Fact]
    public void OnFailed_ManyInARow_OpensForAWhileThenOneTries()
    {
        Fail(2);
        Assert.Equal(BreakerState.Closed, _breaker.State);

        Fail(1);
        Assert.Equal((BreakerState.Open, false), (_breaker.State, _breaker.Admits));

        _time.Advance(_breaker.NextTrial - _time.GetUtcNow());
        Assert.Equal((BreakerState.HalfOpen, true), (_breaker.State, _breaker.Admits));

        _breaker.OnAdmitted();
        Assert.Equal((BreakerState.HalfOpen, false), (_breaker.State, _breaker.Admits));

        _breaker.OnSpoken();
        Assert.Equal((BreakerState.Closed, true), (_breaker.State, _breaker.Admits));
    }

    [Fact]
    public void OnFailed_WhileItIsOpen_IsTheSameFailure()
    {
        Fail(3);
        var trial = _breaker.NextTrial;

        Fail(30);

        Assert.Equal(trial, _breaker.NextTrial);
    }

    [Fact]
    public void OnFailed_WithSuccessBetween_StaysClosed()
    {
        Fail(2);
        _breaker.OnSpoken();
        Fail(2);

        Assert.Equal(BreakerState.Closed, _breaker.State);
    }

    [Fact]
    public void OnFailed_InTheTrial_OpensForLonger()
    {
        Fail(3);
        var first = Wait();
        _time.Advance(first);
        _breaker.OnAdmitted();
        _breaker.OnFailed();

        Assert.Equal(BreakerState.Open, _breaker.State);
        Assert.True(Wait() > first);
    }

    [Fact]
    public void Trial_ThatNobodyHearsOf_DoesNotKeepItShut()
    {
        Fail(3);
        _time.Advance(Wait());
        _breaker.OnAdmitted();
        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.True(_breaker.Admits);
    }

    [Fact]
    public void OnDialFailed_NoOtherSocket_OpensUntilTheNextDialIsDue()
    {
        _breaker.OnDialFailed(DialOutcome.Of(503), hasOthers: false);
        Assert.Equal((BreakerState.Open, false), (_breaker.State, _breaker.MayDial));
        Assert.Equal(DialOutcome.Of(503), _breaker.LastFailure);

        _time.Advance(Wait());
        Assert.True(_breaker.MayDial);

        _breaker.OnDialled();
        Assert.Equal(BreakerState.Closed, _breaker.State);
        Assert.Null(_breaker.LastFailure);
    }

    [Fact]
    public void OnDialFailed_OthersWork_OnlyTheNextDialWaits()
    {
        _breaker.OnDialFailed(DialOutcome.Of(429), hasOthers: true);

        Assert.Equal((BreakerState.Closed, true, false), (_breaker.State, _breaker.Admits, _breaker.MayDial));
    }

    /// <summary>A socket alone does not prove that an upstream speaks again which left contexts without a word.</summary>
    [Fact]
    public void OnDialled_OpenedForContexts_StaysHalfOpen()
    {
        Fail(3);
        _time.Advance(Wait());
        _breaker.OnDialled();

        Assert.Equal(BreakerState.HalfOpen, _breaker.State);
    }

    private void Fail(int times)
    {
        for (var i = 0; i < times; i++)
        {
            _breaker.OnFailed();
        }
    }

    private TimeSpan Wait() => _breaker.NextTrial - _time.GetUtcNow();
}
