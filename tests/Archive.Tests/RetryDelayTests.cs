using TtsGrains.Archive.Writing;
using Xunit;

namespace TtsGrains.Archive.Tests;

public sealed class RetryDelayTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 0, 0.5)]
    [InlineData(2, 1, 2)]
    [InlineData(4, 0.5, 6)]
    [InlineData(5, 1, 10)]
    [InlineData(5000, 1, 10)]
    [InlineData(5000, 0, 5)]
    public void After_Failures_DoublesUpToTheLongestWithChanceInTheUpperHalf(int failures, double chance, double seconds)
        => Assert.Equal(
            TimeSpan.FromSeconds(seconds), RetryDelay.After(failures, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10), chance));
}
