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
        Assert.Equal([From("start"), From("a:1"), From("b:5")], positions.ToQuery());
    }

    [Fact]
    public void Take_IdUsedAgainAfterItsEnd_CountsAnew()
    {
        var positions = new ListenPositions([ListenFrom.Live]);
        positions.Take(new FlushDoneEvent("a", 1) { Offset = 7 });
        positions.Take(new DoneEvent("a") { Offset = 8 });

        Assert.True(positions.Take(new FlushDoneEvent("a", 1) { Offset = 0 }));
        Assert.Equal([From("live"), From("a:1")], positions.ToQuery());
    }

    [Fact]
    public void ToQuery_PositionPassed_IsReplaced()
    {
        var positions = new ListenPositions([ListenFrom.Position("a:b", 3), ListenFrom.Position("a", 2)]);
        positions.Take(new GapEvent("a:b", 3, 9));

        Assert.Equal([From("a:2"), From("a:b:9")], positions.ToQuery());
    }

    [Fact]
    public void ToQuery_BehindABookmark_IsThatAndWhatIsNotOver()
    {
        var positions = new ListenPositions([ListenFrom.Live, ListenFrom.Position("a", 2)]);
        positions.Take(new FlushDoneEvent("a", 1) { Offset = 2 });
        positions.Take(new DoneEvent("b") { Offset = 5 });

        Assert.False(positions.Take(new BookmarkEvent("7,3:3")));
        Assert.Equal([("since", "7,3:3"), From("a:3")], positions.ToQuery());

        positions.Take(new DoneEvent("c") { Offset = 0 });
        Assert.Equal([("since", "7,3:3"), From("a:3"), From("c:1")], positions.ToQuery());
    }

    [Fact]
    public void ToQuery_AfterAThousandContexts_IsNoLongerThanAfterOne()
    {
        var positions = new ListenPositions([ListenFrom.Live]);
        for (var i = 1; i <= 1000; i++)
        {
            positions.Take(new DoneEvent($"context {i}") { Offset = 0 });
            positions.Take(new BookmarkEvent($"{i}"));
        }

        Assert.Equal([("since", "1000")], positions.ToQuery());
    }

    [Fact]
    public void Take_IdUsedAgainBehindABookmark_CountsAnew()
    {
        var positions = new ListenPositions([ListenFrom.Live]);
        positions.Take(new DoneEvent("a") { Offset = 8 });
        positions.Take(new BookmarkEvent("1"));

        Assert.True(positions.Take(new FlushDoneEvent("a", 1) { Offset = 0 }));
        Assert.Equal([("since", "1"), From("a:1")], positions.ToQuery());
    }

    [Fact]
    public void Take_LastSamplesOfChangedAudio_AreGiven()
    {
        var audio = new AudioEvent("a", new byte[] { 1 }, 1, TimeSpan.Zero) { Offset = 4 };
        var changed = new ListenPositions([ListenFrom.Live], isChanged: true);
        var plain = new ListenPositions([ListenFrom.Live]);

        var words = new WordsEvent("a", [], 1) { Offset = 5 };

        Assert.True(changed.Take(audio) && changed.Take(words) && changed.Take(audio));
        Assert.False(plain.Take(audio) && plain.Take(words) && plain.Take(audio));
        Assert.False(changed.Take(audio with { Offset = 3 }));
    }

    [Fact]
    public void Take_GapWithoutAnEnd_EndsTheContext()
    {
        var positions = new ListenPositions([ListenFrom.Live]);
        positions.Take(new FlushDoneEvent("a", 1) { Offset = 2 });

        Assert.True(positions.Take(new GapEvent("a", 3, null)));
        positions.Take(new BookmarkEvent("1"));
        Assert.Equal([("since", "1")], positions.ToQuery());
    }

    private static (string, string?) From(string position) => ("from", position);
}
