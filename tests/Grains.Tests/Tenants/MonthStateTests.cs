using TtsGrains.Grains.Interfaces.Tenants;
using TtsGrains.Grains.Quotas;
using Xunit;

namespace TtsGrains.Grains.Tests.Tenants;

/// <summary>A month has each batch once.</summary>
public sealed class MonthStateTests
{
    private static readonly DateOnly March = new(2026, 3, 1);
    private static readonly Guid A = Guid.NewGuid();
    private static readonly Guid B = Guid.NewGuid();

    [Fact]
    public void Batches_OfSeveralHosts_AddUp()
    {
        var state = new MonthState().Add(new MonthBatch(A, 1, March, 5)).Add(new MonthBatch(B, 1, March, 7)).Add(new MonthBatch(A, 2, March, 1));

        Assert.Equal(new MonthUse(March, 13), state.Use);
    }

    [Fact]
    public void Batch_ThatComesAgain_ChangesNothing()
    {
        var state = new MonthState().Add(new MonthBatch(A, 1, March, 5)).Add(new MonthBatch(A, 2, March, 3));

        Assert.Same(state, state.Add(new MonthBatch(A, 2, March, 3)));
        Assert.Same(state, state.Add(new MonthBatch(A, 1, March, 5)));
    }

    [Fact]
    public void Batch_OfTheNextMonth_BeginsAnew_AndOneOfTheLastIsLate()
    {
        var state = new MonthState().Add(new MonthBatch(A, 1, March, 5)).Add(new MonthBatch(B, 1, March.AddMonths(1), 7));

        Assert.Equal(new MonthUse(March.AddMonths(1), 7), state.Use);
        Assert.Same(state, state.Add(new MonthBatch(A, 2, March, 3)));
    }

    [Fact]
    public void Hosts_ThatCameAndWent_AreForgotten()
    {
        var state = new MonthState();
        for (var i = 0; i < 1_000; i++)
        {
            state = state.Add(new MonthBatch(Guid.NewGuid(), 1, March, 1));
        }

        Assert.Equal((1_000, 64), (state.Use.Characters, state.Hosts.Length));
    }

    [Theory]
    [InlineData(0, 79, false)]
    [InlineData(79, 80, true)]
    [InlineData(0, 100, true)]
    [InlineData(80, 81, false)]
    public void Alarm_IsCrossedOnce(long before, long after, bool isCrossed) => Assert.Equal(isCrossed, QuotaAlarm.IsCrossed(before, after, limit: 100, percent: 80));
}
