using TtsGrains.LocalVoice.Buffering;
using TtsGrains.LocalVoice.Contexts;
using Xunit;

namespace TtsGrains.LocalVoice.Tests.Contexts;

public sealed class SpeechPlanTests
{
    private static readonly GenerationConfig Normal = new(1, 1);

    [Fact]
    public void Add_Tags_BecomePausesAndSettings()
    {
        var items = Plan("One.<break time=\"1.5s\"/>Two <speed ratio=\"1.5\"/>three <volume ratio=\"9\"/>four<emotion value=\"sad\"/> five");

        Assert.Equal(
            ["One. 1 1", "1", "0.5", "Two  1 1", "three  1.5 1", "four five 1.5 2"],
            items.Select(item => item is SpeechItem.Clause c ? $"{c.Text} {c.Config.Speed} {c.Config.Volume}" : $"{((SpeechItem.Silence)item).Seconds}"));
    }

    [Fact]
    public void Add_SettingsOfTags_HoldForLaterTexts()
    {
        var plan = new SpeechPlan();
        plan.Add(Buffered("<speed ratio=\"0.7\"/><spell>A"), Normal);

        var clause = Assert.IsType<SpeechItem.Clause>(Assert.Single(plan.Add(Buffered("B</spell> c"), new GenerationConfig(2, 0.5))));

        Assert.Equal(new GenerationConfig(0.7, 0.5), clause.Config);
        Assert.Equal([0..1], clause.Spelled!);
    }

    [Fact]
    public void Add_SpelledText_StaysWithItsClause()
    {
        var clauses = Plan("Bob, spelled <spell>Bob</spell>, has <spell>A-1</spell>.").Cast<SpeechItem.Clause>().ToList();

        Assert.Equal(["Bob, ", "spelled Bob, ", "has A-1."], clauses.Select(clause => clause.Text));
        Assert.Equal([8..11], clauses[1].Spelled!);
        Assert.Equal([4..7], clauses[2].Spelled!);
    }

    [Fact]
    public void Add_LongBreak_IsMadeInPiecesUpToAMinute()
    {
        var pauses = Plan("<break time=\"100000s\"/>").Cast<SpeechItem.Silence>().ToList();

        Assert.All(pauses, pause => Assert.Equal(1, pause.Seconds));
        Assert.Equal(60, pauses.Count);
        Assert.Empty(Plan("<break time=\"0s\"/>"));
    }

    [Fact]
    public void Add_LineStarts_AreKnownOverTexts()
    {
        var plan = new SpeechPlan();

        Assert.True(Clause("- one, ").StartsLine);
        Assert.False(Clause("- two.\n").StartsLine);
        Assert.True(Clause("- three").StartsLine);

        SpeechItem.Clause Clause(string text) => Assert.IsType<SpeechItem.Clause>(Assert.Single(plan.Add(Buffered(text), Normal)));
    }

    [Fact]
    public void Add_HalfASurrogatePair_IsReplaced()
        => Assert.Equal("a\ufffd b😀\ufffd", Assert.IsType<SpeechItem.Clause>(Assert.Single(Plan("a\ud83d b😀\ude00"))).Text);

    [Theory]
    [InlineData("Hi", true)]
    [InlineData("<break time=\"1s\"/>", true)]
    [InlineData("<speed ratio=\"1\"/>", false)]
    [InlineData("<speed ratio=\"1\"/>...", false)]
    [InlineData("<b>", true)]
    [InlineData("👍", false)]
    public void HasSound_Transcript_IsSpeechOrABreak(string transcript, bool expected) => Assert.Equal(expected, SpeechPlan.HasSound(transcript));

    [Theory]
    [InlineData("Hi", true)]
    [InlineData("👍", true)]
    [InlineData(" 👩‍👩‍👧! ", true)]
    [InlineData("<speed ratio=\"1\"/>❤️", true)]
    [InlineData("€", true)]
    [InlineData("<break/>", true)]
    [InlineData("<speed ratio=\"1\"/>...", false)]
    [InlineData("** … ?!", false)]
    [InlineData(" \u200d\ufe0f", false)]
    [InlineData("", false)]
    public void HasContent_Transcript_IsMoreThanPunctuation(string transcript, bool expected) => Assert.Equal(expected, SpeechPlan.HasContent(transcript));

    private static List<SpeechItem> Plan(string text) => new SpeechPlan().Add(Buffered(text), Normal);

    private static BufferedText Buffered(string text) => new TextBuffer(managed: true).AddLast(text);
}
