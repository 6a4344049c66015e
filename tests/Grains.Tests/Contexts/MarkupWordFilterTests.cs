using TtsGrains.Grains.Contexts.Words;
using TtsGrains.Protocol.Frames;
using Xunit;

namespace TtsGrains.Grains.Tests.Contexts;

/// <summary>Whatever pieces an upstream makes of a tag, none is a word.</summary>
public sealed class MarkupWordFilterTests
{
    [Theory]
    [InlineData("Wait <break time=\"1.5s\"/> here.", "Wait|<break|time=\"1.5s\"/>|here.", "Wait|here.")]
    [InlineData("Wait <break time=\"1.5s\" /> here.", "Wait|<break|time=\"1.5s\"|/>|here.", "Wait|here.")]
    [InlineData("Wait <break time=\"1.5s\"/> here.", "Wait|<|break|time|=|\"1.5s\"|/|>|here.", "Wait|here.")]
    [InlineData("Wait<break time=\"1.5s\"/>here.", "Wait<break|time=\"1.5s\"/>here.", "Wait|here.")]
    [InlineData("Wait<break time=\"1.5s\"/>here.", "Wait<break time=\"1.5s\"/>here.", "Waithere.")]
    [InlineData("Wait <break time=\"1.5s\"/> here.", "Wait|<BREAK|time=\u201c1.5s\u201d/>|here.", "Wait|here.")]
    [InlineData("Wait <break time=\"1.5s\"/> here.", "Wait|here.", "Wait|here.")]
    [InlineData("My <spell>AB 1</spell> code", "My|<spell>AB|1</spell>|code", "My|AB|1|code")]
    [InlineData("<speed ratio=\"1.2\"/><volume ratio='0.5'/>Go <emotion value=\"very happy\"/>on", "<speed|ratio=\"1.2\"/><volume|ratio='0.5'/>Go|<emotion|value=\"very|happy\"/>on", "Go|on")]
    [InlineData("a < b <break time=\"1s\"/> c", "a|<|b|<break|time=\"1s\"/>|c", "a|<|b|c")]
    [InlineData("<breakfast> <break time=\"1s\"/> <br/>", "<breakfast>|<break|time=\"1s\"/>|<br/>", "<breakfast>|<br/>")]
    [InlineData("<break time=\"x\"/> <break time=\"1s\"/> now", "<break|time=\"x\"/>|<break|time=\"1s\"/>|now", "<break|time=\"x\"/>|now")]
    [InlineData("one <break time=\"1s\"/> two", "one|<break|two", "one|two")]
    public void Filter_WordsOfAnUpstream_HaveNoPartOfATag(string sent, string told, string words)
    {
        foreach (var batch in (int[])[1, 2, 100])
        {
            var filter = new MarkupWordFilter();
            filter.Append(sent);

            var kept = told.Split('|').Chunk(batch).SelectMany(chunk =>
            {
                var list = chunk.Select(word => new TimedText(word, 1, 2)).ToList();
                filter.Filter(list);
                return list;
            });

            Assert.Equal(words.Split('|'), kept.Select(word => word.Text));
        }
    }

    [Fact]
    public void HasTags_OnlyUnknownTags_IsFalse()
    {
        var filter = new MarkupWordFilter();
        filter.Append("a < b and <b>bold</b>");
        Assert.False(filter.HasTags);
    }

    [Fact]
    public void Filter_TagsOfLaterTexts_AreRemovedToo()
    {
        var filter = new MarkupWordFilter();
        filter.Append("One ");
        filter.Append("two. <break time=\"1s\"/>");
        filter.Append(" Three <break time=\"2s\"/>");
        List<TimedText> words = [.. "One two. <break time=\"1s\"/> Three <break time=\"2s\"/>".Split(' ').Select(word => new TimedText(word, 0, 0))];

        filter.Filter(words);

        Assert.Equal(["One", "two.", "Three"], words.Select(word => word.Text));
    }
}
