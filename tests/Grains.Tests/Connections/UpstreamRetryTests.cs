using TtsGrains.Grains.Connections;
using TtsGrains.Grains.Interfaces.Connections;
using Xunit;

namespace TtsGrains.Grains.Tests.Connections;

public sealed class UpstreamRetryTests
{
    [Theory]
    [InlineData(0, 1, 1, 0.25)]
    [InlineData(503, 2, 1, 0.5)]
    [InlineData(503, 2, 0.5, 0.25)]
    [InlineData(503, 3, 0, 0)]
    [InlineData(0, 5, 1, 4)]
    [InlineData(0, 100, 1, 5)]
    [InlineData(429, 1, 0, 1)]
    [InlineData(429, 100, 1, 31)]
    [InlineData(401, 1, 0, 60)]
    [InlineData(403, 9, 1, 60)]
    [InlineData(404, 1, 0, 60)]
    public void After_DoublesUpToTheLongestAndIsSpread(int status, int failures, double jitter, double seconds)
        => Assert.Equal(TimeSpan.FromSeconds(seconds), UpstreamRetry.After(DialOutcome.Of(status), failures, jitter));

    [Theory]
    [InlineData(7, 7)]
    [InlineData(0.1, 0.25)]
    [InlineData(86_400, 300)]
    public void After_WhatTheUpstreamAsksFor_IsTheLeast(double asked, double seconds)
        => Assert.Equal(TimeSpan.FromSeconds(seconds), UpstreamRetry.After(DialOutcome.Of(503, TimeSpan.FromSeconds(asked)), 1, jitter: 1));

    [Fact]
    public void AfterContexts_AndAfterLimit_GrowAndEnd()
    {
        Assert.Equal([0.5, 0.75, 1.25], Enumerable.Range(1, 3).Select(times => UpstreamRetry.AfterContexts(times, 1).TotalSeconds));
        Assert.Equal(5.25, UpstreamRetry.AfterContexts(50, 1).TotalSeconds);
        Assert.Equal([150, 250, 450], Enumerable.Range(1, 3).Select(times => UpstreamRetry.AfterLimit(times, 1).TotalMilliseconds));
        Assert.Equal(1050, UpstreamRetry.AfterLimit(50, 1).TotalMilliseconds);
    }

    [Theory]
    [InlineData(401, "Upstreams:a:ApiKey")]
    [InlineData(403, "Upstreams:a:ApiKey")]
    [InlineData(404, "Upstreams:a:Url")]
    [InlineData(0, "Upstreams:a:Url")]
    [InlineData(429, "429")]
    [InlineData(503, "503")]
    public void Explain_NamesTheSettingThatIsWrong(int status, string named)
        => Assert.Contains(named, UpstreamFault.Explain("a", DialOutcome.Of(status)), StringComparison.Ordinal);

    [Fact]
    public void Explain_NothingWrong_SaysNothing()
    {
        Assert.Null(UpstreamFault.Explain("a", null));
        Assert.Null(UpstreamFault.Explain("a", DialOutcome.Connected));
    }
}
