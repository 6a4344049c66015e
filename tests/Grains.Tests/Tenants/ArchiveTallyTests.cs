using TtsGrains.Grains.Quotas;
using Xunit;

namespace TtsGrains.Grains.Tests.Tenants;

/// <summary>How the size of a tenant's archive follows from counts and the changes between them.</summary>
public sealed class ArchiveTallyTests
{
    private readonly ArchiveTally _tally = new();

    [Fact]
    public void Bytes_BeforeTheFirstCount_AreUnknown()
    {
        _tally.BeginCount();
        _tally.Add(5);

        Assert.Null(_tally.Bytes);
    }

    [Fact]
    public void Changes_AfterACount_AddToIt()
    {
        _tally.BeginCount();
        _tally.EndCount(100);
        _tally.Add(20);
        _tally.Add(-70);

        Assert.Equal(50, _tally.Bytes);
    }

    [Fact]
    public void Changes_DuringACount_AreKept()
    {
        _tally.BeginCount();
        _tally.EndCount(100);
        _tally.Add(7);
        _tally.BeginCount();
        _tally.Add(20);
        Assert.Equal(127, _tally.Bytes);
        _tally.EndCount(107);

        Assert.Equal(127, _tally.Bytes);
    }

    [Fact]
    public void NextCount_CorrectsWhatWasMissed()
    {
        _tally.BeginCount();
        _tally.EndCount(100);
        _tally.Add(50);
        _tally.BeginCount();
        _tally.EndCount(130);

        Assert.Equal(130, _tally.Bytes);
    }

    [Fact]
    public void Bytes_WhenMoreIsRemovedThanIsKnown_AreZero()
    {
        _tally.BeginCount();
        _tally.EndCount(10);
        _tally.Add(-25);

        Assert.Equal(0, _tally.Bytes);
    }
}
