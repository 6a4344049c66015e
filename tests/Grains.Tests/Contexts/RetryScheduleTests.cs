using TtsGrains.Grains.Contexts.Attempts;
using TtsGrains.Testing;
using Xunit;

namespace TtsGrains.Grains.Tests.Contexts;

public sealed class RetryScheduleTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan FirstAudio = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly RetrySchedule _schedule;

    public RetryScheduleTests() => _schedule = new RetrySchedule(Timeout, _time, () => 1);

    [Fact]
    public void OnLost_FailsAtOnceEachTime_BacksOffUntilTheTimeoutAndNoLonger()
    {
        _schedule.OnAsked();
        var start = _time.GetUtcNow();
        List<double> delays = [];
        while (_schedule.OnLost(FirstAudio) is { } delay)
        {
            delays.Add(delay.TotalMilliseconds);
            _time.Advance(delay);
        }

        Assert.Equal([0, 50, 100, 200, 400, 800, 1000, 1000, 1000, 1000, 1000, 1000], delays);
        Assert.InRange(_time.GetUtcNow() - start, Timeout - TimeSpan.FromSeconds(1), Timeout);
    }

    [Theory]
    [InlineData(1, 0, 0)]
    [InlineData(1, 1, 0)]
    [InlineData(2, 0, 25)]
    [InlineData(2, 1, 50)]
    [InlineData(4, 0.5, 150)]
    [InlineData(1000, 0, 500)]
    [InlineData(1000, 1, 1000)]
    public void DelayBefore_IsHalfOfTheFullDelayAndJitter(int losses, double jitter, double milliseconds)
        => Assert.Equal(milliseconds, RetrySchedule.DelayBefore(losses, jitter).TotalMilliseconds, 1);

    [Fact]
    public void Remaining_SilentAttempts_EndWithTheTimeout()
    {
        _schedule.OnAsked();
        _time.Advance(FirstAudio);
        Assert.Equal(TimeSpan.Zero, _schedule.OnLost(FirstAudio));
        Assert.Equal(Timeout - FirstAudio, _schedule.Remaining);

        _time.Advance(_schedule.Remaining);
        Assert.Null(_schedule.OnLost(FirstAudio));
    }

    [Fact]
    public void OnProgress_BetweenLosses_GoesOnWithoutEnd()
    {
        _schedule.OnAsked();
        for (var i = 0; i < 100; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(2));
            _schedule.OnProgress();
            Assert.Equal(TimeSpan.Zero, _schedule.OnLost(FirstAudio));
            Assert.Equal(Timeout, _schedule.Remaining);
        }
    }

    [Fact]
    public void OnAsked_WhileItRetries_DoesNotExtendTheTimeout()
    {
        _schedule.OnAsked();
        _schedule.OnLost(FirstAudio);
        _time.Advance(TimeSpan.FromSeconds(6));
        _schedule.OnAsked();

        Assert.Equal(TimeSpan.FromSeconds(2), _schedule.Remaining);
    }

    /// <summary>The upstream may have waited for more text, rightly, before its socket was lost.</summary>
    [Fact]
    public void OnLost_LongAfterTheText_LeavesTimeForAnotherAttempt()
    {
        _schedule.OnAsked();
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(TimeSpan.Zero, _schedule.OnLost(FirstAudio));
        Assert.Equal(Timeout - FirstAudio, _schedule.Remaining);
    }
}
