using TtsGrains.Grains.Contexts.Attempts;
using TtsGrains.Testing;
using Xunit;

namespace TtsGrains.Grains.Tests.Contexts;

public sealed class ProgressWatchTests
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Progress = TimeSpan.FromSeconds(1.5);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly ProgressWatch _watch;

    public ProgressWatchTests() => _watch = new ProgressWatch(First, Progress, _time);

    [Fact]
    public void IsOverdue_NothingExpected_Never()
    {
        _watch.OnAudio();

        Assert.False(LookAfter(TimeSpan.Zero));
        Assert.False(LookAfter(TimeSpan.FromHours(1)));
    }

    [Fact]
    public void IsOverdue_BeforeTheFirstAudio_AtItsTimeAndOnce()
    {
        _watch.Expect(TimeSpan.Zero);

        Assert.False(LookAfter(TimeSpan.Zero));
        Assert.False(LookAfter(First - TimeSpan.FromSeconds(1)));
        Assert.True(LookAfter(TimeSpan.FromSeconds(1)));
        Assert.False(LookAfter(First));
    }

    [Fact]
    public void IsOverdue_AfterAudio_CountsFromTheLast()
    {
        _watch.Expect(TimeSpan.Zero);
        for (var i = 0; i < 10; i++)
        {
            _watch.OnAudio();
            Assert.False(LookAfter(TimeSpan.FromSeconds(1)));
        }

        Assert.True(LookAfter(Progress));
    }

    [Fact]
    public void IsOverdue_WithAnAllowance_WaitsForItToo()
    {
        _watch.OnAudio();
        _watch.Expect(TimeSpan.FromSeconds(6));

        Assert.False(LookAfter(TimeSpan.Zero));
        Assert.False(LookAfter(TimeSpan.FromSeconds(7)));
        Assert.True(LookAfter(TimeSpan.FromSeconds(0.5)));
    }

    [Fact]
    public void Expect_Again_CountsFromThen()
    {
        _watch.OnAudio();
        _watch.Expect(TimeSpan.Zero);
        Assert.False(LookAfter(TimeSpan.Zero));
        Assert.True(LookAfter(Progress));

        _watch.Expect(TimeSpan.Zero);
        Assert.False(LookAfter(TimeSpan.Zero));
        Assert.True(LookAfter(Progress));
    }

    [Fact]
    public void ExpectNothing_EndsTheWait()
    {
        _watch.Expect(TimeSpan.Zero);
        Assert.False(LookAfter(TimeSpan.Zero));
        _watch.ExpectNothing();

        Assert.False(LookAfter(First));
    }

    private bool LookAfter(TimeSpan wait)
    {
        _time.Advance(wait + TimeSpan.FromMilliseconds(1));
        return _watch.IsOverdue();
    }
}
