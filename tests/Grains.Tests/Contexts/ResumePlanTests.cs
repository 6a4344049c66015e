using System.Collections.Immutable;
using System.Text;
using TtsGrains.Grains.Contexts.Attempts;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Upstreams;
using Xunit;
using static TtsGrains.Grains.Tests.Contexts.Pushes;

namespace TtsGrains.Grains.Tests.Contexts;

/// <summary>A log of 8 kHz in 16 bits: 16,000 bytes are a second.</summary>
public sealed class ResumePlanTests
{
    private const int Second = 16_000;

    private readonly LogFixture _log = new(wantsPhonemes: true);
    private readonly ProgressWatch _watch = new(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(1), TimeProvider.System);

    [Fact]
    public void Of_NothingDelivered_SaysAllFromTheStart()
    {
        var plan = Plan(ResumeMode.Word, Text("Hello "), Text("there.", flush: true), Text("More.", last: true));

        Assert.Equal([Text("Hello "), Text("there.", flush: true), Text("More.", last: true)], plan.Inputs);
        Assert.Equal((SeamKind.Resend, 0, 0L), (plan.Kind, plan.StartSeconds, plan.SkipBytes));
    }

    [Fact]
    public void Of_WordsToldAheadOfTheAudio_GoesOnBehindTheLastFinishedOne()
    {
        Deliver(1.2);
        Words("""{"words":["Hello","wide","world"],"start":[0,0.6,1.5],"end":[0.5,1.1,2]}""");

        var plan = Plan(ResumeMode.Word, Text("Hello "), Text("wide wor"), Text("ld again.", flush: true), Text("More.", last: true));

        Assert.Equal([Text(""), Text(" wor"), Text("ld again.", flush: true), Text("More.", last: true)], plan.Inputs);
        Assert.Equal((SeamKind.Word, 1.2, 0L), (plan.Kind, plan.StartSeconds, plan.SkipBytes));
        Assert.Equal((1, 1.5), (plan.SkipWords, plan.EarliestWord));
        Assert.Equal(["Hello", "wide"], plan.Words.Select(word => word.Text));
    }

    [Fact]
    public void Of_AWordThatWasBegun_IsSaidAgainWhole()
    {
        Deliver(0.9);
        Words("""{"words":["Hello","wide"],"start":[0,0.6],"end":[0.5,1.1]}""");

        var plan = Plan(ResumeMode.Word, Text("Hello wide world"));

        Assert.Equal([Text(" wide world")], plan.Inputs);
        Assert.Equal((0.9, 0L, 1), (plan.StartSeconds, plan.SkipBytes, plan.SkipWords));
    }

    [Fact]
    public void Of_NotEvenTheFirstWordFinished_SaysItAgain()
    {
        Deliver(0.3);
        Words("""{"words":["Hello"],"start":[0],"end":[0.5]}""");

        var plan = Plan(ResumeMode.Word, Text("Hello world"));

        Assert.Equal((SeamKind.Word, 0L, 1), (plan.Kind, plan.SkipBytes, plan.SkipWords));
        Assert.Equal([Text("Hello world")], plan.Inputs);
    }

    [Theory]
    [InlineData(1.5, 0)]
    [InlineData(4.6, 3 * Second)]
    public void Of_AudioBeyondTheLastToldWord_IsSaidTwiceForAWordAtMost(double heard, long skipped)
    {
        Deliver(heard);
        Words("""{"words":["Hello"],"start":[0],"end":[1]}""");

        var plan = Plan(ResumeMode.Word, Text("Hello world, how are you this fine morning?"));

        Assert.Equal((SeamKind.Word, skipped), (plan.Kind, plan.SkipBytes));
        Assert.Equal(heard - (skipped / (double)Second), plan.StartSeconds, 6);
        Assert.Equal([Text(" world, how are you this fine morning?")], plan.Inputs);
    }

    [Fact]
    public void Of_AllWordsOfTheSegmentFinished_LeavesItsEndAndTakesNothingOffTheNext()
    {
        Deliver(1.4);
        Words("""{"words":["Hello."],"start":[0],"end":[1]}""");

        var plan = Plan(ResumeMode.Word, Text("Hello. ", flush: true), Text("More."));

        Assert.Equal([Text(" ", flush: true), Text("More.")], plan.Inputs);
        Assert.Equal((0L, 0), (plan.SkipBytes, plan.SkipWords));
    }

    [Fact]
    public void Of_ANumberSpokenInWords_GoesOnBeforeIt()
    {
        Deliver(2);
        Words("""{"words":["Pay","five","dollars"],"start":[0,0.5,1],"end":[0.4,0.9,1.6]}""");

        var plan = Plan(ResumeMode.Word, Text("Pay $5 to me."));

        Assert.Equal([Text(" $5 to me.")], plan.Inputs);
        Assert.Equal((SeamKind.Word, (long)(1.0 * Second), 2), (plan.Kind, plan.SkipBytes, plan.SkipWords));
    }

    [Fact]
    public void Of_NoWordsTold_RegeneratesAndSkipsExactlyWhatWasDelivered()
    {
        Deliver(1.25);

        var plan = Plan(ResumeMode.Word, Text("Hello world."));

        Assert.Equal((SeamKind.Sample, 1.25 * Second, 0.0), (plan.Kind, plan.SkipBytes, plan.StartSeconds));
        Assert.Equal([Text("Hello world.")], plan.Inputs);
    }

    /// <summary>They are said again with what the client pushes behind them.</summary>
    [Fact]
    public void Of_MarksAlone_SkipsWhatWasDeliveredOfThem()
    {
        Deliver(0.25);

        var plan = Plan(ResumeMode.Sample, Text("... "));

        Assert.Equal((0.25 * Second, 0.0), (plan.SkipBytes, plan.StartSeconds));
        Assert.Equal([Text("... ")], plan.Inputs);
    }

    [Fact]
    public void Of_Sample_RegeneratesTheSegmentAndLeavesOutAllWordsTold()
    {
        Deliver(1);
        _log.Log.ExpectFlush(isSpoken: true);
        _log.Log.CompleteFlush(0);
        Deliver(0.5);
        Words("""{"words":["One","two"],"start":[1,1.3],"end":[1.2,2]}""");

        var plan = Plan(ResumeMode.Sample, Text("One two three."));

        Assert.Equal((SeamKind.Sample, 0.5 * Second, 1.0), (plan.Kind, plan.SkipBytes, plan.StartSeconds));
        Assert.Equal((2, 2, 8000L), (plan.SkipWords, plan.Segment, plan.SegmentBytes));
    }

    /// <summary>The speech of a finished upstream context is not repeated, though its segment continues.</summary>
    [Theory]
    [InlineData(ResumeMode.Word)]
    [InlineData(ResumeMode.Sample)]
    public void Of_PartOfTheSegmentFromAFinishedUpstreamContext_BeginsBehindIt(ResumeMode mode)
    {
        Deliver(1);
        Words("""{"words":["Said."],"start":[0],"end":[1]}""");
        var from = _log.Log.Count;
        Deliver(0.5);

        var plan = ResumePlan.Of([Text("New text.")], null, _log.Log.ReadDelivered(from), mode);

        Assert.Equal((0.5 * Second, 1.0, 0), (plan.SkipBytes, plan.StartSeconds, plan.SkipWords));
        Assert.Equal([Text("New text.")], plan.Inputs);
    }

    [Fact]
    public void Of_ASecondLossBehindAWordSeam_CountsFromTheSeam()
    {
        Deliver(0.9);
        Words("""{"words":["Hello","wide"],"start":[0,0.6],"end":[0.5,1.1]}""");
        AttemptStart.Begin(_log.Log, 2, _watch, Plan(ResumeMode.Word, Text("Hello wide world")));
        Deliver(0.3);

        // "wide" was told to end at 1.1 s; since it began again at 0.9 s, it has not.
        var nothingTold = Plan(ResumeMode.Word, Text("Hello wide world"));
        Assert.Equal([Text(" wide world")], nothingTold.Inputs);
        Assert.Equal((0L, 1), (nothingTold.SkipBytes, nothingTold.SkipWords));

        _log.Log.Attempts.NoteWords(2, [new("wide", 0.9, 1.15)]);
        var told = Plan(ResumeMode.Word, Text("Hello wide world"));
        Assert.Equal([Text(" world")], told.Inputs);
        Assert.Equal((0L, 0), (told.SkipBytes, told.SkipWords));
    }

    [Fact]
    public void Of_ASecondLossInSampleMode_SkipsAllThatWasDelivered()
    {
        Deliver(0.5);
        AttemptStart.Begin(_log.Log, 2, _watch, Plan(ResumeMode.Sample, Text("Hello world")));
        Deliver(0.25);

        Assert.Equal(0.75 * Second, Plan(ResumeMode.Sample, Text("Hello world")).SkipBytes);
    }

    [Fact]
    public void Of_LostWithinASample_CompletesIt()
    {
        _log.AppendChunk(LogFixture.Base64(Second + 1));
        Words("""{"words":["Hello","wide"],"start":[0,0.9],"end":[0.5,1.5]}""");

        Assert.Equal(1, Plan(ResumeMode.Word, Text("Hello wide world")).SkipBytes);
        Assert.Equal(Second + 1, Plan(ResumeMode.Sample, Text("Hello wide world")).SkipBytes);
    }

    [Fact]
    public void Of_PhonemesTold_LeavesOutThoseOfWhatIsSaidAgain()
    {
        Deliver(0.9);
        Words("""{"words":["Hi","you"],"start":[0,0.6],"end":[0.5,1.1]}""");
        _log.Log.AppendTimestamps(
            0, Protocol.Frames.FrameKind.PhonemeTimestamps, """{"phonemes":["h","i","j","u"],"start":[0,0.2,0.6,0.8],"end":[0.2,0.5,0.8,1.1]}"""u8);

        var plan = Plan(ResumeMode.Word, Text("Hi you there"));

        Assert.Equal((2, 0.8), (plan.SkipPhonemes, plan.EarliestPhoneme));
    }

    [Fact]
    public void Of_ConfigsSetBefore_ComeWithTheFirstThatIsSaid()
    {
        Deliver(1);
        Words("""{"words":["One","two"],"start":[0,0.5],"end":[0.5,1]}""");
        ImmutableArray<ContextInput> inputs =
        [
            Text("One ") with { GenerationConfig = """{"speed":1.1}"""u8.ToArray() },
            Text("two. ") with { GenerationConfig = """{"volume":2}"""u8.ToArray() },
            Text("Three. ") with { GenerationConfig = """{"speed":0.9}"""u8.ToArray() },
            Text("Four.") with { GenerationConfig = """{"speed":1}"""u8.ToArray() },
        ];

        var plan = ResumePlan.Of(inputs, """{"emotion":"calm"}"""u8.ToArray(), _log.Log.ReadDelivered(0), ResumeMode.Word);

        Assert.Equal(["", " ", "Three. ", "Four."], plan.Inputs.Select(input => input.Text));
        Assert.Equal(
            [null, null, """{"emotion":"calm","speed":0.9,"volume":2}""", """{"speed":1}"""],
            plan.Inputs.Select(input => input.GenerationConfig is null ? null : Encoding.UTF8.GetString(input.GenerationConfig)));
    }

    private ResumePlan Plan(ResumeMode mode, params ImmutableArray<ContextInput> inputs) => ResumePlan.Of(inputs, null, _log.Log.ReadDelivered(0), mode);

    private void Deliver(double seconds) => _log.AppendChunk(LogFixture.Base64((int)Math.Round(seconds * Second)));

    private void Words(string json) => _log.AppendWords(json);
}
