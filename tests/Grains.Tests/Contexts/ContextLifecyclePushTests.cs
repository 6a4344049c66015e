using TtsGrains.Grains.Contexts.Lifecycle;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Protocol.Errors;
using Xunit;
using static TtsGrains.Grains.Tests.Contexts.Pushes;

namespace TtsGrains.Grains.Tests.Contexts;

public sealed class ContextLifecyclePushTests
{
    [Fact]
    public void Push_Text_IsSentAndTheUpstreamIsLive()
    {
        var decision = Apply(Push("Hello ", first: true));

        Assert.Null(decision.Refusal);
        Assert.Equal([new ContextEffect.Send(Text("Hello "))], decision.Effects);
        Assert.Equal(new ContextState(ContextPhase.Open, IsUpstreamLive: true, Held: "", SegmentSpeaks: true, HasLateText: false), decision.State);
    }

    [Fact]
    public void Push_TextAndLast_IsOneMessageAndDrains()
    {
        var decision = Apply(Push("Hello.", last: true, first: true));

        Assert.Equal([new ContextEffect.Send(Text("Hello.", last: true))], decision.Effects);
        Assert.Equal(ContextPhase.Draining, decision.State.Phase);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("...")]
    public void Push_NothingToSayYet_IsHeldAndNotSent(string text)
    {
        var decision = Apply(Push(text, first: true));

        Assert.Equal([new ContextEffect.AwaitInput()], decision.Effects);
        Assert.Equal(text, decision.State.Held);
        Assert.False(decision.State.IsUpstreamLive);
    }

    [Fact]
    public void Push_TextAfterHeld_IsSentTogetherVerbatim()
    {
        var decision = Apply(Push("\u00ab", first: true), Push(" "), Push("Oui\u00bb"));

        Assert.Equal([new ContextEffect.Send(Text("\u00ab Oui\u00bb"))], decision.Effects);
        Assert.Equal("", decision.State.Held);
    }

    [Fact]
    public void Push_PunctuationWhileTheUpstreamIsLive_IsSent()
    {
        var decision = Apply(Push("Hello", first: true), Push("!"));

        Assert.Equal([new ContextEffect.Send(Text("!"))], decision.Effects);
    }

    [Fact]
    public void Push_EmptyWhileTheUpstreamIsLive_DoesNothing() => Assert.Empty(Apply(Push("Hello", first: true), Push("")).Effects);

    [Fact]
    public void Flush_WithText_IsExpectedBeforeItIsSent()
    {
        var decision = Apply(Push("Hello.", flush: true, first: true));

        Assert.Equal([new ContextEffect.ExpectFlush(IsSpoken: true), new ContextEffect.Send(Text("Hello.", flush: true))], decision.Effects);
        Assert.False(decision.State.SegmentSpeaks);
        Assert.Equal(ContextPhase.Open, decision.State.Phase);
    }

    [Fact]
    public void Flush_AfterText_IsSent()
    {
        var decision = Apply(Push("Hello.", first: true), Push("", flush: true));

        Assert.Equal([new ContextEffect.ExpectFlush(IsSpoken: true), new ContextEffect.Send(Text("", flush: true))], decision.Effects);
    }

    [Fact]
    public void Flush_OfAnEmptySegment_IsNotSent()
    {
        var decision = Apply(Push("Hello.", flush: true, first: true), Push("", flush: true));

        Assert.Equal([new ContextEffect.ExpectFlush(IsSpoken: false)], decision.Effects);
    }

    [Fact]
    public void Flush_OfPunctuationOnly_SendsTheTextWithoutTheFlush()
    {
        var decision = Apply(Push("Hello", flush: true, first: true), Push("!", flush: true));

        Assert.Equal([new ContextEffect.ExpectFlush(IsSpoken: false), new ContextEffect.Send(Text("!"))], decision.Effects);
    }

    [Fact]
    public void Flush_OfABrandNewContext_IsDoneAtOnce()
    {
        var decision = Apply(Push("", flush: true, first: true));

        Assert.Equal([new ContextEffect.ExpectFlush(IsSpoken: false), new ContextEffect.AwaitInput()], decision.Effects);
        Assert.Equal(ContextPhase.Open, decision.State.Phase);
    }

    [Fact]
    public void Flush_AfterHeldPunctuation_KeepsThePunctuation()
    {
        var decision = Apply(Push("\u00ab", first: true), Push("", flush: true), Push("Oui"));

        Assert.Equal([new ContextEffect.Send(Text("\u00abOui"))], decision.Effects);
    }

    [Fact]
    public void FlushAndLast_WithText_AreSentOneAfterTheOther()
    {
        var decision = Apply(Push("Hello.", flush: true, last: true, first: true));

        Assert.Equal(
            [new ContextEffect.ExpectFlush(IsSpoken: true), new ContextEffect.Send(Text("Hello.", flush: true)), new ContextEffect.Send(Text("", last: true))],
            decision.Effects);
        Assert.Equal(ContextPhase.Draining, decision.State.Phase);
    }

    [Fact]
    public void FlushAndLast_OfAnEmptySegment_EndsTheUpstreamAndCountsTheFlush()
    {
        var decision = Apply(Push("Hello.", flush: true, first: true), Push("", flush: true, last: true));

        Assert.Equal([new ContextEffect.ExpectFlush(IsSpoken: false), new ContextEffect.Send(Text("", last: true))], decision.Effects);
    }

    [Fact]
    public void FlushAndLast_WithoutAnUpstream_AreDoneAtOnce()
    {
        var decision = Apply(Push("", first: true), Push(" ", flush: true, last: true));

        Assert.Equal([new ContextEffect.ExpectFlush(IsSpoken: false), new ContextEffect.Close(ContextOutcome.Done, null)], decision.Effects);
        Assert.Equal(ContextPhase.Closed, decision.State.Phase);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("?!")]
    public void Last_AsFirstPushWithNothingToSay_FailsLikeCartesia(string text)
    {
        var decision = Apply(Push(text, last: true, first: true));

        Assert.Equal([new ContextEffect.Close(ContextOutcome.Error, ErrorCatalogue.EmptyTranscript)], decision.Effects);
        Assert.Equal(ContextPhase.Closed, decision.State.Phase);
    }

    [Fact]
    public void Last_AfterOnlyHeldText_IsDone()
        => Assert.Equal([new ContextEffect.Close(ContextOutcome.Done, null)], Apply(Push("...", first: true), Push("", last: true)).Effects);

    [Fact]
    public void Last_EmptyWhileTheUpstreamIsLive_IsSent()
    {
        var decision = Apply(Push("Hello", first: true), Push("", last: true));

        Assert.Equal([new ContextEffect.Send(Text("", last: true))], decision.Effects);
        Assert.Equal(ContextPhase.Draining, decision.State.Phase);
    }

    [Fact]
    public void Push_GenerationConfig_TravelsWithItsText()
    {
        byte[] config = [(byte)'{', (byte)'}'];
        var decision = Apply(new ContextCommand.Push(Text("Hello") with { GenerationConfig = config }, IsFirst: true));

        Assert.Same(config, Assert.IsType<ContextEffect.Send>(Assert.Single(decision.Effects)).Input.GenerationConfig);
    }

    [Theory]
    [InlineData("more", true)]
    [InlineData(" ", false)]
    [InlineData("", false)]
    public void Push_WhileDraining_IsNotSentButTextIsRemembered(string text, bool isLate)
    {
        var decision = Apply(Push("Hello.", last: true, first: true), Push(text));

        Assert.Null(decision.Refusal);
        Assert.Empty(decision.Effects);
        Assert.Equal(isLate, decision.State.HasLateText);
    }

    [Theory]
    [InlineData(ContextPhase.None)]
    [InlineData(ContextPhase.Closed)]
    internal void Push_WithoutAnOpenContext_IsRefused(ContextPhase phase)
    {
        var state = ContextState.New with { Phase = phase };

        var decision = ApplyTo(state, Push("Hello"));

        Assert.Equal(ErrorCatalogue.ContextClosed, decision.Refusal);
        Assert.Empty(decision.Effects);
        Assert.Equal(state, decision.State);
    }
}
