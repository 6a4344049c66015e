using TtsGrains.Grains.Contexts.Archiving;
using TtsGrains.Grains.Interfaces.Contexts;
using Xunit;

namespace TtsGrains.Grains.Tests.Contexts;

/// <summary>Which of the pushed characters the audio up to a point says.</summary>
public sealed class SpokenCharactersTests
{
    private const string First = "One, two. ";
    private const string Second = "Three four";

    // A second of audio.
    private const int Second1 = 16_000;

    private readonly LogFixture _log = new();

    [Theory]
    [InlineData(0, 0)]
    [InlineData(499, 0)]
    [InlineData(500, 4)]
    [InlineData(999, 4)]
    [InlineData(1000, 10)]
    [InlineData(1499, 10)]
    [InlineData(1500, 15)]
    [InlineData(2000, 20)]
    [InlineData(9999, 20)]
    public void Until_CountsWholeSegmentsAndWholeWords(double playedMs, int characters)
    {
        SpeakTwoSegments(isWhole: true);

        Assert.Equal(characters, Counter().Until(playedMs));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(2, 9)]
    [InlineData(3, 10)]
    [InlineData(4, 10)]
    [InlineData(5, 20)]
    [InlineData(null, 20)]
    public void Before_CountsWhatTheFramesHave(int? offset, int characters)
    {
        SpeakTwoSegments(isWhole: true);

        Assert.Equal(characters, Counter().Before(offset));
    }

    [Fact]
    public void Before_OfASegmentThatWasCutShort_EndsWithItsLastWord()
    {
        SpeakTwoSegments(isWhole: false);

        Assert.Equal(15, Counter().Before(null));
    }

    [Fact]
    public void Before_OfAPartWithoutWordTimes_IsNothing()
    {
        _log.AppendChunk(LogFixture.Base64(Second1));

        Assert.Equal(0, Counter().Before(null));
    }

    [Fact]
    public void Before_OfAnErasedLog_IsNothing()
    {
        SpeakTwoSegments(isWhole: true);
        _log.Log.Erase();

        Assert.Equal((0, 0), (Counter().Before(5), Counter().Until(2000)));
    }

    private SpokenCharacters Counter() => new(_log.Log, [First, Second]);

    private void SpeakTwoSegments(bool isWhole)
    {
        _log.AppendChunk(LogFixture.Base64(Second1));
        _log.AppendWords("""{"words":["One,","two."],"start":[0,0.5],"end":[0.5,0.9999]}""");
        _log.Log.ExpectFlush(isSpoken: true);
        Assert.True(_log.Log.CompleteFlush(0));
        _log.AppendChunk(LogFixture.Base64(isWhole ? Second1 : Second1 / 2));
        _log.AppendWords("""{"words":["Three","four"],"start":[1,1.5],"end":[1.5,2]}""");
        _log.Log.Close(isWhole ? ContextOutcome.Done : ContextOutcome.Cancelled, error: null, "c", "r");
    }
}
