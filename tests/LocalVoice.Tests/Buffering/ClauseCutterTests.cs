using TtsGrains.LocalVoice.Buffering;
using Xunit;

namespace TtsGrains.LocalVoice.Tests.Buffering;

public sealed class ClauseCutterTests
{
    [Fact]
    public void Cut_AtClauseAndSentenceEnds_KeepsEveryCharacter()
    {
        const string text = "Good morning, and thank you. It is 10:30 (really!) now; 3,5 of example.com";

        Assert.Equal(["Good morning, ", "and thank you. ", "It is 10:30 (really!) ", "now; ", "3,5 of example.com"], ClauseCutter.Cut(text));
    }

    [Fact]
    public void Cut_WithoutPunctuation_CutsLongTextAtSpaces()
    {
        var text = string.Concat(Enumerable.Repeat("word ", 200));

        var pieces = ClauseCutter.Cut(text).ToList();

        Assert.Equal(text, string.Concat(pieces));
        Assert.All(pieces, piece => Assert.InRange(piece.Length, 1, 301));
        Assert.All(pieces, piece => Assert.EndsWith(" ", piece, StringComparison.Ordinal));
    }

    [Fact]
    public void Cut_OneEndlessWord_NeverSplitsACharacter()
    {
        var text = "x" + string.Concat(Enumerable.Repeat("😀", 400));

        var pieces = ClauseCutter.Cut(text).ToList();

        Assert.Equal(text, string.Concat(pieces));
        Assert.All(pieces, piece => Assert.False(char.IsHighSurrogate(piece[^1])));
    }
}
