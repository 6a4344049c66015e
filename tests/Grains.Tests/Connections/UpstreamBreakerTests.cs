using TtsGrains.Grains.Connections;
using TtsGrains.Grains.Interfaces.Connections;
using TtsGrains.Grains.Upstreams;
using TtsGrains.Testing;
using Xunit;

namespace TtsGrains.Grains.Tests.Connections;

public sealed class UpstreamBreakerTests
{
    private static readonly RequestFingerprint Good = Requests.Of("bolt", "good", "Spoken before.");
    private static readonly RequestFingerprint Poison = Requests.Of("acme", "bad", "Never spoken.");

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly UpstreamBreaker _breaker;

    // The full delay each time, so that it is known.
    public UpstreamBreakerTests() => _breaker = new UpstreamBreaker(breakAfter: 3, _time, () => 1);

    [Fact]
    public void New_IsClosedAndMayBeDialled()
    {
        Assert.Equal((BreakerState.Closed, true, true), (_breaker.State, _breaker.Admits(Good), _breaker.MayDial));
        Assert.Null(_breaker.LastFailure);
    }

    [Fact]
    public void OnFailed_IndependentRequests_OpensForAWhileThenOneTries()
    {
        Fail(2);
        Assert.Equal(BreakerState.Closed, _breaker.State);

        Fail(3);
        Assert.Equal((BreakerState.Open, false), (_breaker.State, _breaker.Admits(Good)));

        _time.Advance(Wait());
        Assert.Equal((BreakerState.HalfOpen, true), (_breaker.State, _breaker.Admits(Good)));

        _breaker.OnAdmitted(Good);
        Assert.Equal((BreakerState.HalfOpen, false), (_breaker.State, _breaker.Admits(Good)));

        _breaker.OnSpoken(Good);
        Assert.Equal((BreakerState.Closed, true), (_breaker.State, _breaker.Admits(Good)));
    }

    [Fact]
    public void OnFailed_OneTextAgainAndAgain_StaysClosed()
    {
        for (var i = 0; i < 30; i++)
        {
            _breaker.OnFailed(Requests.Of($"tenant-{i % 3}", $"session-{i}", "Never spoken."));
        }

        Assert.Equal(BreakerState.Closed, _breaker.State);
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
        _breaker.OnSpoken(Good);
        Fail(2);

        Assert.Equal(BreakerState.Closed, _breaker.State);
    }

    [Fact]
    public void OnFailed_InTheTrial_OpensForLonger()
    {
        Fail(3);
        var first = Wait();
        _time.Advance(first);
        _breaker.OnAdmitted(Good);
        _breaker.OnFailed(Good);

        Assert.Equal(BreakerState.Open, _breaker.State);
        Assert.True(Wait() > first);
    }

    /// <summary>A text that has failed may be tried, but it neither keeps a better request waiting nor opens the breaker again.</summary>
    [Fact]
    public void Trial_OfTextThatFailed_IsNoProof()
    {
        _breaker.OnSpoken(Good);
        _breaker.OnFailed(Poison);
        Fail(3);
        _time.Advance(Wait());
        Assert.True(_breaker.Admits(Poison));
        _breaker.OnAdmitted(Poison);

        Assert.Equal((false, true), (_breaker.Admits(Poison), _breaker.Admits(Good)));
        _breaker.OnFailed(Poison);
        Assert.Equal((BreakerState.HalfOpen, true), (_breaker.State, _breaker.Admits(Good)));
    }

    [Fact]
    public void Trial_OfKindThatNeverWorked_IsNoProof()
    {
        var unknown = Requests.Of("acme", "other", "Another text.", voice: "unknown");
        _breaker.OnSpoken(Good);
        Fail(3);
        _time.Advance(Wait());
        _breaker.OnAdmitted(unknown);
        Assert.True(_breaker.Admits(Good));

        _breaker.OnFailed(unknown);

        Assert.Equal(BreakerState.HalfOpen, _breaker.State);
    }

    [Fact]
    public void Trial_OfTextThatFailed_ClosesWhenItIsSpoken()
    {
        _breaker.OnFailed(Poison);
        Fail(3);
        _time.Advance(Wait());
        _breaker.OnAdmitted(Poison);
        _breaker.OnSpoken(Poison);

        Assert.Equal(BreakerState.Closed, _breaker.State);
    }

    [Fact]
    public void Trial_GivenUp_LetsTheNextTry()
    {
        Fail(3);
        _time.Advance(Wait());
        _breaker.OnAdmitted(Good);
        _breaker.OnGivenUp(Good);

        Assert.Equal((BreakerState.HalfOpen, true), (_breaker.State, _breaker.Admits(Good)));
    }

    [Fact]
    public void Trial_WhoseEndIsNotReported_DoesNotKeepItShut()
    {
        Fail(3);
        _time.Advance(Wait());
        _breaker.OnAdmitted(Good);
        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.True(_breaker.Admits(Good));
    }

    [Fact]
    public void Isolates_TextThatLostTwoSockets_UntilItIsSpoken()
    {
        _breaker.OnFailed(Poison, socket: 1);
        Assert.False(_breaker.Isolates(Poison));
        _breaker.OnFailed(Poison, socket: 2);
        Assert.Equal((true, false), (_breaker.Isolates(Poison), _breaker.Isolates(Good)));

        _breaker.OnSpoken(Poison);
        Assert.False(_breaker.Isolates(Poison));
    }

    [Fact]
    public void Isolates_TextThatFailedOtherwise_DoesNot()
    {
        _breaker.OnFailed(Poison);
        _breaker.OnFailed(Poison);

        Assert.False(_breaker.Isolates(Poison));
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

        Assert.Equal((BreakerState.Closed, true, false), (_breaker.State, _breaker.Admits(Good), _breaker.MayDial));
    }

    /// <summary>A socket alone does not prove that an upstream speaks again which failed requests.</summary>
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
        foreach (var request in Requests.Independent(times))
        {
            _breaker.OnFailed(request);
        }
    }

    private TimeSpan Wait() => _breaker.NextTrial - _time.GetUtcNow();
}
