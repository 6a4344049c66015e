using TtsGrains.Protocol.Markup;

namespace TtsGrains.Protocol.Tests.Markup;

public class MarkupReaderTests
{
    private const string Everything =
        "One<break time=\"1.5s\"/>two <Spell>AB-1</spell>, <speed ratio='1.2' />fast <volume\nratio = \"0.5\"/>soft " +
        "<emotion value=\"angry\"/>5 < 6 <b>bold</b> <brea <break time=\"x\"/> <<break time=\"250ms\"/> 日本😀<";

    [Theory]
    [InlineData("<break time=\"1.5s\"/>", MarkupKind.Break, 1.5)]
    [InlineData("<break time='1500ms' />", MarkupKind.Break, 1.5)]
    [InlineData("<BREAK TIME=\".5S\"/>", MarkupKind.Break, 0.5)]
    [InlineData("<break time=\"0s\"/>", MarkupKind.Break, 0)]
    [InlineData("<break  time = \" 2 s \"  />", MarkupKind.Break, 2)]
    [InlineData("<break/>", MarkupKind.Break, 0.5)]
    [InlineData("<break />", MarkupKind.Break, 0.5)]
    [InlineData("<speed ratio=\"0.8\"/>", MarkupKind.Speed, 0.8)]
    [InlineData("<volume\tratio=\"2\"/>", MarkupKind.Volume, 2)]
    [InlineData("<emotion value=\"content\"/>", MarkupKind.Emotion, 0)]
    [InlineData("<spell>", MarkupKind.SpellStart, 0)]
    [InlineData("</spell >", MarkupKind.SpellEnd, 0)]
    public void Parse_KnownTag_IsOneToken(string text, MarkupKind kind, double number)
    {
        var token = Assert.Single(MarkupReader.Parse(text));
        Assert.Equal(kind, token.Kind);
        Assert.Equal(number, token.Number, 1e-9);
        Assert.Equal(text, token.Source);
        Assert.True(token.IsTag);
        Assert.Equal(kind == MarkupKind.Emotion ? "content" : null, token.Emotion);
    }

    [Theory]
    [InlineData("<brake time=\"1s\"/>")]
    [InlineData("<break time=\"1\"/>")]
    [InlineData("<break time=\"-1s\"/>")]
    [InlineData("<break time=\"1s")]
    [InlineData("<break time=1s/>")]
    [InlineData("<break time=\"1s\" strength=\"weak\"/>")]
    [InlineData("<breaktime=\"1s\"/>")]
    [InlineData("< break time=\"1s\"/>")]
    [InlineData("<break time=\"\"/>")]
    [InlineData("<break time=\"1e3s\"/>")]
    [InlineData("<break time=\"1s\">")]
    [InlineData("<speed ratio=\"0\"/>")]
    [InlineData("<speed ratio=\"NaN\"/>")]
    [InlineData("<speed/>")]
    [InlineData("<volume ratio=\"loud\"/>")]
    [InlineData("<emotion value=\"\"/>")]
    [InlineData("<emotion value=\"  \"/>")]
    [InlineData("<spelling>")]
    [InlineData("<spell")]
    [InlineData("a < b and b > c")]
    [InlineData("<prosody rate=\"slow\">")]
    [InlineData("<")]
    public void Parse_UnknownOrMalformedTag_IsText(string text)
    {
        var tokens = MarkupReader.Parse(text);
        Assert.All(tokens, token => Assert.Equal(MarkupKind.Text, token.Kind));
        Assert.Equal(text, string.Concat(tokens.Select(token => token.Source)));
    }

    [Fact]
    public void Parse_TagsInText_AreSeparatedWithPositions()
    {
        var tokens = MarkupReader.Parse("Hi.<break time=\"1s\"/>There <spell>A1</spell>!");
        Assert.Equal(["Hi.", "<break time=\"1s\"/>", "There ", "<spell>", "A1", "</spell>", "!"], tokens.Select(token => token.Source));
        Assert.Equal([0L, 3, 21, 27, 34, 36, 44], tokens.Select(token => token.Position));
        Assert.Equal(45, tokens[^1].End);
    }

    [Fact]
    public void Read_CutAtEveryCodeUnit_GivesTheSameTokens()
    {
        var whole = Merge(MarkupReader.Parse(Everything));
        Assert.Equal(Everything, string.Concat(whole.Select(token => token.Source)));
        for (var cut = 0; cut <= Everything.Length; cut++)
        {
            var reader = new MarkupReader();
            Assert.Equal(whole, Merge([.. reader.Read(Everything[..cut]), .. reader.Read(Everything[cut..]), .. reader.Finish()]));
        }
    }

    [Fact]
    public void Read_OneCodeUnitAtATime_GivesTheSameTokens()
    {
        var reader = new MarkupReader();
        var tokens = Everything.SelectMany(c => reader.Read(c.ToString())).ToList();
        tokens.AddRange(reader.Finish());
        Assert.Equal(Merge(MarkupReader.Parse(Everything)), Merge(tokens));
    }

    [Theory]
    [InlineData("Wait <bre", "Wait ", "<bre")]
    [InlineData("<break time=\"", "", "<break time=\"")]
    [InlineData("5 < 6", "5 < 6", "")]
    [InlineData("5 <", "5 ", "<")]
    [InlineData("</sp", "", "</sp")]
    [InlineData("<bx", "<bx", "")]
    public void Read_UnfinishedTag_IsHeldOnlyWhileItCanBecomeOne(string text, string released, string held)
    {
        var reader = new MarkupReader();
        Assert.Equal(released, string.Concat(reader.Read(text).Select(token => token.Source)));
        Assert.Equal(held, reader.Held);
    }

    [Fact]
    public void Read_TagThatNeverEnds_IsReleasedAtMaximumLength()
    {
        var reader = new MarkupReader();
        var text = "<break time=\"" + new string(' ', 200);
        Assert.Equal(text, string.Concat(reader.Read(text).Select(token => token.Source)));
        Assert.Equal("", reader.Held);
    }

    [Fact]
    public void State_AfterTags_CanBeWrittenAsTagsAgain()
    {
        var state = MarkupReader.Parse("<speed ratio=\"0.9\"/>a<volume ratio=\"1.5\"/><speed ratio=\"1.25\"/><emotion value=\"it's\"/><break/><spell>X")
            .Aggregate(default(MarkupState), (current, token) => current.After(token));
        Assert.Equal(new MarkupState(1.25, 1.5, "it's", true), state);
        var again = MarkupReader.Parse(state.ToTags()).Aggregate(default(MarkupState), (current, token) => current.After(token));
        Assert.Equal(state, again);
        Assert.Equal("", default(MarkupState).ToTags());
        Assert.False(state.After(MarkupReader.Parse("</spell>")[0]).IsSpelling);
    }

    // Where a run of text is cut does not matter.
    private static List<MarkupToken> Merge(List<MarkupToken> tokens)
    {
        var merged = new List<MarkupToken>();
        foreach (var token in tokens)
        {
            if (!token.IsTag && merged.Count > 0 && !merged[^1].IsTag)
            {
                merged[^1] = merged[^1] with { Source = merged[^1].Source + token.Source };
            }
            else
            {
                merged.Add(token);
            }
        }

        return merged;
    }
}
