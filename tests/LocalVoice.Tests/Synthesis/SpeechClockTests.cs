using TtsGrains.LocalVoice.Synthesis;
using TtsGrains.Protocol.Frames;
using Xunit;

namespace TtsGrains.LocalVoice.Tests.Synthesis;

public sealed class SpeechClockTests
{
    private readonly List<TimedText> _words = [];
    private readonly List<TimedText> _phonemes = [];

    [Fact]
    public void Words_WithAPauseAfterThem_EndBeforeThePause()
    {
        var clock = Clock("Hello, you", start: 10);

        clock.OnWord(0, 0);
        clock.OnPhoneme("h", 0);
        clock.OnPhoneme("", 400);
        clock.OnWord(7, 600);
        clock.OnPhoneme("j", 600);
        clock.Finish(1000);

        Assert.Equal([new TimedText("Hello,", 10, 10.4), new TimedText("you", 10.6, 11)], _words);
        Assert.Equal([new TimedText("h", 10, 10.4), new TimedText("j", 10.6, 11)], _phonemes);
    }

    [Fact]
    public void Words_ThatTheEnginePassesOver_AreEchoedWithoutLength()
    {
        var clock = Clock("a - b ...", start: 0);

        clock.OnWord(0, 0);
        clock.OnWord(2, 500);
        clock.Finish(1000);

        Assert.Equal([new TimedText("a", 0, 0.5), new TimedText("-", 0.5, 0.5), new TimedText("b", 0.5, 1), new TimedText("...", 1, 1)], _words);
    }

    [Fact]
    public void Words_OfOneToken_AreOneWord()
    {
        var clock = Clock("$3.50 it", start: 0);

        clock.OnWord(1, 0);
        clock.OnWord(1, 300);
        clock.OnWord(0, 500);
        clock.OnWord(6, 800);
        clock.Finish(1000);

        Assert.Equal([new TimedText("$3.50", 0, 0.8), new TimedText("it", 0.8, 1)], _words);
    }

    [Fact]
    public void Times_WhenAnEngineGoesBack_DoNot()
    {
        var clock = Clock("a b", start: 0);

        clock.OnWord(0, 500);
        clock.OnWord(2, 400);
        clock.Finish(300);

        Assert.Equal([new TimedText("a", 0.5, 0.5), new TimedText("b", 0.5, 0.5)], _words);
    }

    [Fact]
    public void Tokens_OfChinese_AreCharactersWithTheirPunctuation()
    {
        var tokens = new WordTokens("你好，AI 世界。");

        Assert.Equal(["你", "好，AI", "世", "界。"], Enumerable.Range(0, tokens.Count).Select(i => tokens[i]));
    }

    [Fact]
    public void Tokens_BeyondTheBasicPlane_CountAsOnePosition()
    {
        var tokens = new WordTokens("😀 hi");

        Assert.Equal(1, tokens.Find(position: 2, current: -1));
    }

    private SpeechClock Clock(string text, double start) => new(new WordTokens(text), start, sampleRate: 1000, _words, _phonemes);
}
