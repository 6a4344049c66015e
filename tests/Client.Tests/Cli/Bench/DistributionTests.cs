using TtsGrains.Cli.Bench.Results;

namespace TtsGrains.Client.Tests.Cli.Bench;

public sealed class DistributionTests
{
    [Fact]
    public void Of_AThousandValues_IsTheNearestRankOfEach()
        => Assert.Equal(new Distribution(1000, 500, 900, 990, 999, 1000), Distribution.Of(Milliseconds(Enumerable.Range(1, 1000).Reverse())));

    [Fact]
    public void Of_FewValues_TakesTheLargestForHighShares()
        => Assert.Equal(new Distribution(3, 2, 3, 3, 3, 3), Distribution.Of(Milliseconds([3, 1, 2])));

    [Fact]
    public void Of_OneValue_IsThatValue()
        => Assert.Equal(new Distribution(1, 7, 7, 7, 7, 7), Distribution.Of(Milliseconds([7])));

    [Fact]
    public void Of_Nothing_IsNull() => Assert.Null(Distribution.Of([]));

    [Fact]
    public void Of_PartsOfAMillisecond_KeepsMicroseconds()
        => Assert.Equal(1.235, Distribution.Of([TimeSpan.FromMilliseconds(1.2346)])!.P50);

    [Fact]
    public void Above_IsTheDifferenceOfTheSamePercentile()
        => Assert.Equal(
            new Distribution(4, 1, 2, -1, 0.5, 6),
            new Distribution(4, 2, 4, 6, 8.5, 16).Above(new Distribution(9, 1, 2, 7, 8, 10)));

    [Fact]
    public void Above_Nothing_IsNull() => Assert.Null(new Distribution(1, 1, 1, 1, 1, 1).Above(null));

    private static IEnumerable<TimeSpan> Milliseconds(IEnumerable<int> values) => values.Select(value => TimeSpan.FromMilliseconds(value));
}
