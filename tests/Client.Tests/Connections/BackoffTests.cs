using TtsGrains.Client.Connections;
using TtsGrains.Testing;

namespace TtsGrains.Client.Tests.Connections;

public sealed class BackoffTests
{
    private static readonly ReconnectPolicy Policy = new();

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 100)]
    [InlineData(2, 200)]
    [InlineData(5, 1600)]
    [InlineData(40, 5000)]
    public void DelayBefore_Attempt_DoublesUpToTheLongest(int attempt, int milliseconds)
    {
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Policy.DelayBefore(attempt, jitter: 0));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds / 2.0), Policy.DelayBefore(attempt, jitter: 1));
    }

    [Fact]
    public void MayRetry_NeverConnected_IsFalse() => Assert.False(new Backoff(Policy, TimeProvider.System).MayRetry);

    [Fact]
    public void MayRetry_AfterALoss_IsTrueUntilTheTimeIsUp()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        var backoff = new Backoff(Policy, time);
        backoff.OnConnected();
        backoff.OnLost();

        time.Advance(TimeSpan.FromSeconds(29));
        Assert.True(backoff.MayRetry);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(backoff.MayRetry);
    }

    [Fact]
    public void OnLost_AgainWithoutProgress_DoesNotBuyTime()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        var backoff = new Backoff(Policy, time);
        backoff.OnLost();
        time.Advance(TimeSpan.FromSeconds(29));
        backoff.OnConnected();
        backoff.OnLost();
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.False(backoff.MayRetry);
    }

    [Fact]
    public void OnLost_AfterALongQuietConnection_BeginsAnew()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        var backoff = new Backoff(Policy, time);
        backoff.OnLost();
        backoff.OnConnected();
        time.Advance(TimeSpan.FromMinutes(5));
        backoff.OnLost();

        Assert.True(backoff.MayRetry);
    }
}
