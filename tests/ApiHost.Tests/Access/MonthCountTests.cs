using TtsGrains.ApiHost.Tenants;
using TtsGrains.Grains.Interfaces.Tenants;

namespace TtsGrains.ApiHost.Tests.Access;

/// <summary>What a host lets through of the characters of a month.</summary>
public sealed class MonthCountTests
{
    private const long Limit = 100;

    private static readonly DateOnly March = new(2026, 3, 1);

    private readonly MonthCount _count = new(Guid.NewGuid());

    [Fact]
    public void Characters_UpToTheLimit_AreCountedAndNotOneMore()
    {
        Assert.True(_count.TryCount(March, 99, Limit));
        Assert.False(_count.TryCount(March, 2, Limit));
        Assert.True(_count.TryCount(March, 1, Limit));
        Assert.False(_count.TryCount(March, 1, Limit));
        Assert.True(_count.TryCount(March, 0, Limit));
    }

    [Fact]
    public void Report_ThatIsLost_IsTheSameAgain_AndCountsMeanwhile()
    {
        _count.TryCount(March, 60, Limit);
        var batch = _count.Take(March);
        _count.TryCount(March, 30, Limit);

        Assert.Equal(batch, _count.Take(March));
        Assert.Equal(90, _count.Of(March));
        _count.OnReported(new MonthUse(March, 65));
        Assert.Equal(95, _count.Of(March));
        Assert.Equal((2L, 30L), (_count.Take(March).Number, _count.Take(March).Characters));
    }

    [Fact]
    public void NextMonth_BeginsWithNothing()
    {
        _count.TryCount(March, 100, Limit);

        Assert.True(_count.TryCount(March.AddMonths(1), 100, Limit));
        Assert.False(_count.TryCount(March.AddMonths(1), 1, Limit));
    }

    [Fact]
    public void Answer_OfALaterMonth_IsTaken()
    {
        _count.TryCount(March, 100, Limit);
        _count.Take(March);

        _count.OnReported(new MonthUse(March.AddMonths(1), 7));

        Assert.Equal((true, 7), (_count.IsLoaded, _count.Of(March.AddMonths(1))));
    }
}
