using TtsGrains.ApiHost.Tts;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Socket;

public sealed class RefusalPaceTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly RefusalPace _pace;

    public RefusalPaceTests() => _pace = new RefusalPace(_time);

    [Fact]
    public void Count_WithinTheRate_HasNoDelay()
        => Assert.All(Enumerable.Range(0, RefusalPace.FreePerSecond), _ => Assert.Equal(TimeSpan.Zero, _pace.Count("acme")));

    [Fact]
    public void Count_BeyondTheRate_DelaysThisTenantOnly()
    {
        CountMany("acme");

        Assert.Equal(RefusalPace.Delay, _pace.Count("acme"));
        Assert.Equal(TimeSpan.Zero, _pace.Count("other"));
    }

    [Fact]
    public void Count_ASecondLater_HasNoDelay()
    {
        CountMany("acme");
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(TimeSpan.Zero, _pace.Count("acme"));
    }

    private void CountMany(string tenant)
    {
        for (var i = 0; i < RefusalPace.FreePerSecond; i++)
        {
            _pace.Count(tenant);
        }
    }
}
