using TtsGrains.Grains.Contexts.Attempts;
using Xunit;
using static TtsGrains.Grains.Tests.Contexts.Pushes;

namespace TtsGrains.Grains.Tests.Contexts;

public sealed class UnreportedWordsTests
{
    private readonly LogFixture _log = new();

    [Theory]
    [InlineData("Hello there", false, true)]
    [InlineData("Hello", true, false)]
    [InlineData("Hello ", true, true)]
    [InlineData("Hello.", true, true)]
    [InlineData("...", false, false)]
    [InlineData("", false, false)]
    public void IsLeft_NothingHeard_WhatWasSent(string text, bool mayWait, bool isLeft) => Assert.Equal(isLeft, IsLeft(text, mayWait));

    [Theory]
    [InlineData("Hello there.", "\"Hello\",\"there.\"", false)]
    [InlineData("Hello there. ", "\"Hello\"", true)]
    [InlineData("Hello there. And", "\"Hello\",\"there.\"", false)]
    [InlineData("Hello there. And more", "\"Hello\",\"there.\"", true)]
    [InlineData("Pay $5 now please", "\"Pay\",\"five\",\"dollars\"", false)]
    public void IsLeft_WordsTold_WhatIsBehindThem(string text, string words, bool isLeft)
    {
        _log.AppendChunk(LogFixture.Base64(1600));
        var zeros = string.Join(',', words.Split(',').Select(_ => "0"));
        _log.AppendWords($$"""{"words":[{{words}}],"start":[{{zeros}}],"end":[{{zeros}}]}""");

        Assert.Equal(isLeft, IsLeft(text, mayWait: true));
    }

    /// <summary>An upstream that tells no word times may have said all: it must not be taken for silent.</summary>
    [Fact]
    public void IsLeft_AudioWithoutWords_CannotBeKnown()
    {
        _log.AppendChunk(LogFixture.Base64(1600));

        Assert.False(IsLeft("Hello there.", mayWait: false));
    }

    private bool IsLeft(string text, bool mayWait) => UnreportedWords.IsLeft([Text(text)], _log.Log.ReadDelivered(0), mayWait);
}
