using TtsGrains.Grains.Contexts.Attempts;
using TtsGrains.Protocol.Frames;
using Xunit;

namespace TtsGrains.Grains.Tests.Contexts;

/// <summary>No tag, nor a part of one, is a phoneme, in whatever order an upstream returns words and phonemes.</summary>
public sealed class AttemptMarkupTests
{
    private const string Break = "Wait <break time=\"1s\"/> here.";

    // One item a second, in order; "|" separates frames, "w:" and "p:" tell words from phonemes.
    [Theory]
    [InlineData("Wait here.", "w:Wait here.|p:w t h r", "w t h r")]
    [InlineData(Break, "p:w < b r e a k t i m e = \" 1 s \" / > h", "w h")]
    [InlineData(Break, "p:w <break time=\"1s\"/> h", "w h")]
    [InlineData(Break, "p:w <break time=|p:\"1s\" /> h", "w h")]
    [InlineData(Break, "p:w <br h ə", "w h ə")]
    [InlineData("My <spell>AB</spell> code", "p:m < s p e l l > eɪ biː < / s p e l l > k", "m eɪ biː k")]
    [InlineData("a < b <break time=\"1s\"/> c", "p:eɪ < b <break time=\"1s\"/> c", "eɪ < b c")]
    public void FilterPhonemes_TextOfTags_IsRemoved(string sent, string frames, string phonemes) => Assert.Equal(phonemes, Filter(sent, frames));

    // The upstream speaks the tag: its phonemes are those of its words.
    [Theory]
    [InlineData("w:Wait <break time=\"1s\"/> here.|p:weɪt bɹ taɪm hɪɹ")]
    [InlineData("p:weɪt bɹ taɪm hɪɹ|w:Wait <break time=\"1s\"/> here.")]
    [InlineData("p:weɪt bɹ|w:Wait <break|p:taɪm hɪɹ|w:time=\"1s\"/> here.")]
    [InlineData("w:Wait|p:weɪt bɹ|w:<break time=\"1s\"/>|w:here.|p:taɪm hɪɹ")]
    public void FilterPhonemes_SpokenDuringATag_AreRemoved(string frames) => Assert.Equal("weɪt hɪɹ", Filter(Break, frames));

    [Fact]
    public void FilterPhonemes_WordsNotTold_ComeAtTheEndOfTheSegment()
    {
        var markup = Markup(Break);
        Assert.Empty(markup.FilterPhonemes([new TimedText("w", 0, 1), new TimedText("h", 1, 2)]));

        Assert.Equal(["w", "h"], markup.TakePhonemes(isSegmentEnd: true).Select(phoneme => phoneme.Text));
        Assert.Empty(markup.TakePhonemes(isSegmentEnd: true));
    }

    /// <summary>An upstream that estimates the time of a tag may let it overlap with a word.</summary>
    [Fact]
    public void FilterPhonemes_TagThatOverlapsAWord_KeepsThePhonemesOfTheWord()
    {
        var markup = Markup(Break);
        markup.FilterWords([new TimedText("Wait", 0, 1), new TimedText("<break", 0.5, 2), new TimedText("time=\"1s\"/>", 2, 2), new TimedText("here.", 1, 2)]);

        Assert.Equal(["w", "h"], markup.FilterPhonemes([new TimedText("w", 0.5, 0.9), new TimedText("h", 1.5, 1.8)]).Select(phoneme => phoneme.Text));
    }

    [Fact]
    public void FilterPhonemes_ManyWords_KeepsFewOfThem()
    {
        var markup = Markup(string.Concat(Enumerable.Repeat(Break + " ", 3000)));
        for (var i = 0; i < 3000; i++)
        {
            List<TimedText> words = [new("Wait", 4 * i, (4 * i) + 1), new("<break", (4 * i) + 1, (4 * i) + 2), new("time=\"1s\"/>", (4 * i) + 2, (4 * i) + 3), new("here.", (4 * i) + 3, (4 * i) + 4)];
            markup.FilterWords(words);
            Assert.Equal(["Wait", "here."], words.Select(word => word.Text));

            List<TimedText> phonemes = [new("w", 4 * i, (4 * i) + 1), new("b", (4 * i) + 1, (4 * i) + 2), new("h", (4 * i) + 3, (4 * i) + 4)];
            Assert.Equal(["w", "h"], markup.FilterPhonemes(phonemes).Select(phoneme => phoneme.Text));
        }
    }

    private static AttemptMarkup Markup(string sent)
    {
        var markup = new AttemptMarkup();
        markup.Append(sent);
        return markup;
    }

    private static string Filter(string sent, string frames)
    {
        var markup = Markup(sent);
        var (words, phonemes) = (0, 0);
        var told = new List<TimedText>();
        foreach (var frame in frames.Split('|'))
        {
            if (frame[0] == 'w')
            {
                markup.FilterWords(Items(frame, ref words));
                told.AddRange(markup.TakePhonemes(isSegmentEnd: false));
            }
            else
            {
                told.AddRange(markup.FilterPhonemes(Items(frame, ref phonemes)));
            }
        }

        told.AddRange(markup.TakePhonemes(isSegmentEnd: true));
        Assert.Equal(told.OrderBy(phoneme => phoneme.Start), told);
        return string.Join(' ', told.Select(phoneme => phoneme.Text));
    }

    private static List<TimedText> Items(string frame, ref int second)
    {
        var items = new List<TimedText>();
        foreach (var text in frame[2..].Split(' '))
        {
            items.Add(new TimedText(text, second, ++second));
        }

        return items;
    }
}
