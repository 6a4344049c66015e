using TtsGrains.Grains.Contexts.Lifecycle;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Protocol.Errors;
using Xunit;
using static TtsGrains.Grains.Tests.Contexts.Pushes;

namespace TtsGrains.Grains.Tests.Contexts;

public sealed class ContextLifecycleEndTests
{
    private static readonly ContextState Speaking = Apply(Push("Hello ", first: true)).State;
    private static readonly ContextState Draining = Apply(Push("Hello.", last: true, first: true)).State;
    private static readonly ProtocolError Wrong = new(418, "teapot", "Teapot", "Short and stout.");

    [Fact]
    public void UpstreamFinished_WhileDraining_IsDone()
    {
        var decision = ApplyTo(Draining, new ContextCommand.UpstreamFinished([]));

        Assert.Equal([new ContextEffect.CompleteFlushes(), new ContextEffect.Close(ContextOutcome.Done, null)], decision.Effects);
        Assert.Equal(ContextPhase.Closed, decision.State.Phase);
        Assert.False(decision.State.IsUpstreamLive);
    }

    [Fact]
    public void UpstreamFinished_AfterLateText_EndsWithTheErrorBehindAllAudio()
    {
        var decision = ApplyTo(Draining, Push("too late"), new ContextCommand.UpstreamFinished([]));

        Assert.Equal([new ContextEffect.CompleteFlushes(), new ContextEffect.Close(ContextOutcome.Error, ErrorCatalogue.ContextClosed)], decision.Effects);
    }

    [Fact]
    public void UpstreamFinished_WhileOpen_WaitsForMoreAndOpensAnew()
    {
        var expired = ApplyTo(Speaking, new ContextCommand.UpstreamFinished([]));
        var more = ApplyTo(expired.State, Push("there"));

        Assert.Equal([new ContextEffect.CompleteFlushes(), new ContextEffect.AwaitInput()], expired.Effects);
        Assert.Equal(ContextPhase.Open, expired.State.Phase);
        Assert.False(expired.State.IsUpstreamLive);
        Assert.Equal([new ContextEffect.Send(Text("there"))], more.Effects);
    }

    [Fact]
    public void UpstreamFinished_WhileOpen_ALaterEmptyFlushIsDoneAtOnce()
    {
        var decision = ApplyTo(Speaking, new ContextCommand.UpstreamFinished([]), Push("", flush: true));

        Assert.Equal([new ContextEffect.ExpectFlush(IsSpoken: false), new ContextEffect.AwaitInput()], decision.Effects);
    }

    [Fact]
    public void UpstreamFinished_WithUnansweredText_SendsItAgainWithItsEnds()
    {
        ContextInput[] unanswered = [Text("there.", flush: true), Text("", last: true)];

        var decision = ApplyTo(Draining, new ContextCommand.UpstreamFinished([.. unanswered]));

        Assert.Equal(
            [
                new ContextEffect.ForgetFlushes(),
                new ContextEffect.ExpectFlush(IsSpoken: true),
                new ContextEffect.Send(Text("there.", flush: true)),
                new ContextEffect.Send(Text("", last: true)),
            ],
            decision.Effects);
        Assert.Equal(ContextPhase.Draining, decision.State.Phase);
        Assert.True(decision.State.IsUpstreamLive);
    }

    [Fact]
    public void UpstreamFinished_WithUnansweredSilence_IsNotSentAgain()
    {
        var decision = ApplyTo(Draining, new ContextCommand.UpstreamFinished([Text("", last: true)]));

        Assert.Equal([new ContextEffect.CompleteFlushes(), new ContextEffect.Close(ContextOutcome.Done, null)], decision.Effects);
    }

    [Fact]
    public void UpstreamLost_WithUnspokenText_SaysItAnew()
    {
        var decision = ApplyTo(Speaking, new ContextCommand.UpstreamLost([Text("lo "), Text("", flush: true), Text("there.", last: true)]));

        Assert.Equal(
            [
                new ContextEffect.ForgetFlushes(),
                new ContextEffect.Send(Text("lo ")),
                new ContextEffect.ExpectFlush(IsSpoken: true),
                new ContextEffect.Send(Text("", flush: true)),
                new ContextEffect.Send(Text("there.", last: true)),
            ],
            decision.Effects);
        Assert.True(decision.State.IsUpstreamLive);
        Assert.Equal(ContextPhase.Draining, decision.State.Phase);
    }

    [Fact]
    public void UpstreamLost_WithNothingLeftToSay_WaitsForMore()
    {
        var decision = ApplyTo(Speaking, new ContextCommand.UpstreamLost([Text(". ")]));

        Assert.Equal([new ContextEffect.ForgetFlushes(), new ContextEffect.AwaitInput()], decision.Effects);
        Assert.Equal(ContextState.New with { Held = ". " }, decision.State);
    }

    [Fact]
    public void UpstreamLost_WithNothingLeftButFlushAndEnd_IsDone()
    {
        var decision = ApplyTo(Draining, new ContextCommand.UpstreamLost([Text("!", flush: true), Text("", last: true)]));

        Assert.Equal(
            [new ContextEffect.ForgetFlushes(), new ContextEffect.ExpectFlush(IsSpoken: false), new ContextEffect.Close(ContextOutcome.Done, null)],
            decision.Effects);
        Assert.Equal(ContextPhase.Closed, decision.State.Phase);
    }

    [Fact]
    public void UpstreamLost_AfterLateText_StillEndsWithItsError()
    {
        var decision = ApplyTo(Draining, Push("too late"), new ContextCommand.UpstreamLost([Text("", last: true)]));

        Assert.Equal(new ContextEffect.Close(ContextOutcome.Error, ErrorCatalogue.ContextClosed), decision.Effects[^1]);
    }

    [Fact]
    public void UpstreamFailed_EndsWithItsError()
        => Assert.Equal([new ContextEffect.Close(ContextOutcome.Error, Wrong)], ApplyTo(Draining, new ContextCommand.UpstreamFailed(Wrong)).Effects);

    [Fact]
    public void Cancel_WhileSpeaking_CancelsTheUpstreamToo()
    {
        var decision = ApplyTo(Speaking, new ContextCommand.Cancel());

        Assert.Equal([new ContextEffect.CancelUpstream(), new ContextEffect.Close(ContextOutcome.Cancelled, null)], decision.Effects);
        Assert.Equal(ContextPhase.Closed, decision.State.Phase);
    }

    [Fact]
    public void Cancel_WhileNothingIsSent_OnlyCloses()
        => Assert.Equal([new ContextEffect.Close(ContextOutcome.Cancelled, null)], Apply(Push("...", first: true), new ContextCommand.Cancel()).Effects);

    [Fact]
    public void Fail_WhileDraining_StopsTheUpstreamAndEndsWithTheError()
        => Assert.Equal(
            [new ContextEffect.CancelUpstream(), new ContextEffect.Close(ContextOutcome.Error, Wrong)],
            ApplyTo(Draining, new ContextCommand.Fail(Wrong)).Effects);

    [Fact]
    public void Expire_WithNothingUnderWay_IsDoneForTheClient()
    {
        var decision = ApplyTo(Speaking, new ContextCommand.UpstreamFinished([]), new ContextCommand.Expire());

        Assert.Equal([new ContextEffect.Close(ContextOutcome.Expired, null)], decision.Effects);
        Assert.Equal(ContextPhase.Closed, decision.State.Phase);
    }

    [Fact]
    public void Expire_WhileTheUpstreamIsLive_DoesNothing()
    {
        var decision = ApplyTo(Speaking, new ContextCommand.Expire());

        Assert.Empty(decision.Effects);
        Assert.Equal(Speaking, decision.State);
    }

    public static TheoryData<string> WhatComesLate => ["finished", "unanswered", "lost", "failed", "cancel", "fail", "expire"];

    [Theory]
    [MemberData(nameof(WhatComesLate))]
    public void AnyEnd_OfAClosedContext_ChangesNothing(string name)
    {
        ContextCommand command = name switch
        {
            "finished" => new ContextCommand.UpstreamFinished([]),
            "unanswered" => new ContextCommand.UpstreamFinished([Text("Hello")]),
            "lost" => new ContextCommand.UpstreamLost([Text("Hello")]),
            "failed" => new ContextCommand.UpstreamFailed(Wrong),
            "cancel" => new ContextCommand.Cancel(),
            "fail" => new ContextCommand.Fail(Wrong),
            _ => new ContextCommand.Expire(),
        };

        foreach (var phase in new[] { ContextPhase.Closed, ContextPhase.None })
        {
            var state = ContextState.New with { Phase = phase };

            var decision = ApplyTo(state, command);

            Assert.Null(decision.Refusal);
            Assert.Empty(decision.Effects);
            Assert.Equal(state, decision.State);
        }
    }
}
