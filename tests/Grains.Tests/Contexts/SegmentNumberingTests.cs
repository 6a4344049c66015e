using TtsGrains.Grains.Contexts.Log;
using Xunit;

namespace TtsGrains.Grains.Tests.Contexts;

public sealed class SegmentNumberingTests
{
    private readonly SegmentNumbering _segments = new();

    [Fact]
    public void Expect_UnspokenWithNothingBefore_EndsAtOnce() => Assert.Equal(1, _segments.Expect(isSpoken: false));

    [Fact]
    public void Expect_UnspokenBehindASpokenOne_WaitsForIt()
    {
        Assert.Equal(0, _segments.Expect(isSpoken: true));
        Assert.Equal(0, _segments.Expect(isSpoken: false));
        Assert.Equal(0, _segments.Expect(isSpoken: false));
        Assert.Equal(0, _segments.Expect(isSpoken: true));

        Assert.Equal(3, _segments.Complete());
        Assert.Equal(1, _segments.Complete());
    }

    [Fact]
    public void Complete_NobodyAsked_EndsNothing() => Assert.Equal(0, _segments.Complete());

    [Fact]
    public void CompleteAll_EndsWhatIsExpected_Once()
    {
        _segments.Expect(isSpoken: true);
        _segments.Expect(isSpoken: false);

        Assert.Equal(2, _segments.CompleteAll());
        Assert.Equal(0, _segments.CompleteAll());
    }

    [Fact]
    public void Advance_GivesRangesWithoutGaps()
    {
        _segments.Advance(4);
        _segments.Advance(5);
        _segments.CloseLast(9);

        Assert.Equal(
            [new LoggedSegment(1, 0, 4, IsFlushed: true), new LoggedSegment(2, 4, 5, IsFlushed: true), new LoggedSegment(3, 5, 9, IsFlushed: false)],
            _segments.TakeFinished());
        Assert.Empty(_segments.TakeFinished());
        Assert.Equal(3, _segments.Current);
    }
}
