using TtsGrains.Grains.Contexts.Attempts;
using TtsGrains.Grains.Contexts.Words;
using TtsGrains.Grains.Upstreams;
using TtsGrains.Protocol.Markup;
using Xunit;
using static TtsGrains.Grains.Tests.Contexts.Pushes;

namespace TtsGrains.Grains.Tests.Contexts;

/// <summary>A resume never begins inside a tag, repeats no pause and keeps the settings. 8 kHz in 16 bits: 16,000 bytes are a second.</summary>
public sealed class ResumeMarkupTests
{
    private const int Second = 16_000;
    private const string Tagged = "<speed ratio=\"1.5\"/>One <break time=\"2s\"/> two <spell>AB CD</spell> end.";

    private readonly LogFixture _log = new();
    private readonly ProgressWatch _watch = new(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(1), TimeProvider.System);

    [Theory]
    [InlineData(0.5, "<speed ratio=\"1.5\"/>  <break time=\"2s\"/>two <spell>AB CD</spell> end.", 0)]
    [InlineData(1.7, "<speed ratio=\"1.5\"/>  <break time=\"0.8s\"/>two <spell>AB CD</spell> end.", 0)]
    [InlineData(2.5, "<speed ratio=\"1.5\"/>  two <spell>AB CD</spell> end.", 0)]
    [InlineData(3.5, "<speed ratio=\"1.5\"/>  two <spell>AB CD</spell> end.", 0.4)]
    public void Of_LostInAPause_SaysItsRest(double heard, string rest, double skipped)
    {
        Deliver(heard, """{"words":["One"],"start":[0],"end":[0.5]}""");

        var plan = Plan(Tagged);

        Assert.Equal([Text(rest, last: true)], plan.Inputs);
        Assert.Equal((long)(skipped * Second), plan.SkipBytes);
    }

    [Fact]
    public void Of_NextWordToldAhead_RepeatsNoPause()
    {
        Deliver(1.5, """{"words":["One","two"],"start":[0,2.5],"end":[0.5,3]}""");

        Assert.Equal([Text("<speed ratio=\"1.5\"/>  <break time=\"1s\"/>two <spell>AB CD</spell> end.", last: true)], Plan(Tagged).Inputs);
    }

    [Fact]
    public void Of_LostWhileSpelling_GoesOnSpelling()
    {
        Deliver(4, """{"words":["One","two","AB"],"start":[0,2.5,3],"end":[0.5,3,4]}""");

        Assert.Equal([Text("<speed ratio=\"1.5\"/><spell> CD</spell> end.", last: true)], Plan(Tagged).Inputs);
    }

    [Fact]
    public void Of_LostBehindSpelling_SpellsNoMore()
    {
        Deliver(5, """{"words":["One","two","AB","CD"],"start":[0,2.5,3,4],"end":[0.5,3,4,5]}""");

        Assert.Equal([Text("<speed ratio=\"1.5\"/> end.", last: true)], Plan(Tagged).Inputs);
    }

    [Fact]
    public void Of_NothingDelivered_KeepsTheSettingsOfEarlierText()
        => Assert.Equal(
            [Text("<volume ratio=\"0.5\"/>Two ", flush: true), Text("three.", last: true)],
            ResumePlan.Of(
                [Text("Two ", flush: true), Text("three.", last: true)], null, _log.Log.ReadDelivered(0), ResumeMode.Word, new MarkupState(Volume: 0.5)).Inputs);

    [Fact]
    public void Of_Samples_SaysTheSameTextAndLeavesOutWhatWasDelivered()
    {
        Deliver(1.5, """{"words":["One"],"start":[0],"end":[0.5]}""");

        var plan = ResumePlan.Of([Text(Tagged, last: true)], null, _log.Log.ReadDelivered(0), ResumeMode.Sample);

        Assert.Equal([Text(Tagged, last: true)], plan.Inputs);
        Assert.Equal((long)(1.5 * Second), plan.SkipBytes);
    }

    /// <summary>Wherever an upstream is lost, the new one gets whole tags only, and the same settings for each word.</summary>
    [Fact]
    public void Of_LostBehindEachWord_SendsWholeTagsOnly()
    {
        string[] words = ["One", "two", "AB", "CD", "end."];
        for (var said = 1; said <= words.Length; said++)
        {
            var log = new LogFixture();
            AttemptStart.Begin(log.Log, 1, _watch);
            Deliver(log, said, $$"""{"words":[{{string.Join(',', words.Take(said).Select(word => $"\"{word}\""))}}],"start":[{{string.Join(',', Enumerable.Range(0, said))}}],"end":[{{string.Join(',', Enumerable.Range(1, said))}}]}""");
            for (var cut = 0; cut <= Tagged.Length; cut++)
            {
                var plan = ResumePlan.Of([Text(Tagged[..cut]), Text(Tagged[cut..], last: true)], null, log.Log.ReadDelivered(0), ResumeMode.Word);
                var text = string.Concat(plan.Inputs.Select(input => input.Text));
                var plain = MarkupText.WithoutTags(text);

                Assert.DoesNotContain('<', plain);
                Assert.Equal(string.Join(' ', words.Skip(said)), string.Join(' ', plain.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
                Assert.Equal(1.5, MarkupText.StateAfter(text, default).Speed ?? (said == words.Length ? 1.5 : null));
            }
        }
    }

    private ResumePlan Plan(string text)
        => ResumePlan.Of([Text(text, last: true)], null, _log.Log.ReadDelivered(0), ResumeMode.Word);

    private void Deliver(double seconds, string words)
    {
        AttemptStart.Begin(_log.Log, 1, _watch);
        Deliver(_log, seconds, words);
    }

    private static void Deliver(LogFixture log, double seconds, string words)
    {
        log.AppendChunk(LogFixture.Base64((int)(seconds * Second)));
        log.AppendWords(words);
    }
}
