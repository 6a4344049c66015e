using TtsGrains.Client.Events;
using TtsGrains.Client.Sessions;

namespace TtsGrains.Client.Tests.Sessions;

public sealed class ListenPositionsTests
{
    [Fact]
    public void Take_Repeat_IsNotGivenTwice()
    {
        var positions = new ListenPositions([ListenFrom.Start]);

        Assert.True(positions.Take(new DoneEvent("a") { Offset = 0 }));
        Assert.True(positions.Take(new FlushDoneEvent("b", 1) { Offset = 4 }));
        Assert.False(positions.Take(new FlushDoneEvent("b", 1) { Offset = 4 }));
        Assert.Equal(["start", "a:1", "b:5"], positions.ToQuery());
    }

    [Fact]
    public void Take_IdUsedAgainAfterItsEnd_CountsAnew()
    {
        var positions = new ListenPositions([ListenFrom.Live]);
        positions.Take(new FlushDoneEvent("a", 1) { Offset = 7 });
        positions.Take(new DoneEvent("a") { Offset = 8 });

        Assert.True(positions.Take(new FlushDoneEvent("a", 1) { Offset = 0 }));
        Assert.Equal(["live", "a:1"], positions.ToQuery());
    }

    [Fact]
    public void ToQuery_PositionPassed_IsReplaced()
    {
        var positions = new ListenPositions([ListenFrom.Position("a:b", 3), ListenFrom.Position("a", 2)]);
        positions.Take(new GapEvent("a:b", 3, 9));

        Assert.Equal(["a:2", "a:b:9"], positions.ToQuery());
    }
}
