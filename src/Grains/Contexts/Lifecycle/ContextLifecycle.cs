using System.Collections.Immutable;
using System.Diagnostics;
using TtsGrains.Grains.Contexts.Words;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.Grains.Contexts.Lifecycle;

/// <summary>What follows from a command: the next state, a refusal, and what to do in order.</summary>
internal readonly record struct Decision(ContextState State, ProtocolError? Refusal, ImmutableArray<ContextEffect> Effects);

/// <summary>The push / flush / done rules. No clock, no I/O, no Orleans: given a state and a command, the next state and what to do.</summary>
internal static class ContextLifecycle
{
    public static Decision Decide(ContextState state, ContextCommand command) => (state.Phase, command) switch
    {
        (ContextPhase.Open, ContextCommand.Push push) => Push(state, push),

        // Text after the end is the client's mistake. What it pushed before is still spoken whole; then it is told.
        (ContextPhase.Draining, ContextCommand.Push push) => Accept(state with { HasLateText = state.HasLateText || Speakable.IsIn(push.Input.Text) }),
        (_, ContextCommand.Push) => new Decision(state, ErrorCatalogue.ContextClosed, []),

        (ContextPhase.Open or ContextPhase.Draining, ContextCommand.UpstreamFinished finished) when HasText(finished.Unanswered)
            => Replay(state, finished.Unanswered),
        (ContextPhase.Open, ContextCommand.UpstreamFinished)
            => Accept(state with { IsUpstreamLive = false, SegmentSpeaks = false }, new ContextEffect.CompleteFlushes(), new ContextEffect.AwaitInput()),
        (ContextPhase.Draining, ContextCommand.UpstreamFinished)
            => Close(state with { IsUpstreamLive = false }, new ContextEffect.CompleteFlushes()),

        (ContextPhase.Open or ContextPhase.Draining, ContextCommand.UpstreamLost lost) => Replay(state, lost.Unspoken),
        (ContextPhase.Open or ContextPhase.Draining, ContextCommand.UpstreamFailed failed) => Fail(state, failed.Error),

        (ContextPhase.Open or ContextPhase.Draining, ContextCommand.Cancel) => Stop(state, ContextOutcome.Cancelled, null),
        (ContextPhase.Open or ContextPhase.Draining, ContextCommand.Fail fail) => Stop(state, ContextOutcome.Error, fail.Error),

        // The rest of what looked like a tag did not come: it is text.
        (ContextPhase.Open, ContextCommand.Expire) when !state.IsUpstreamLive && Speakable.IsIn(state.Held) => SendHeld(state),

        // While an upstream context is open it is the upstream that knows whether there is more to say.
        (ContextPhase.Open, ContextCommand.Expire) when !state.IsUpstreamLive
            => Accept(state with { Phase = ContextPhase.Closed }, new ContextEffect.Close(ContextOutcome.Expired, null)),

        // What comes late for a context that has ended, or does not concern it, is expected and harmless.
        (_, ContextCommand.UpstreamFinished or ContextCommand.UpstreamLost or ContextCommand.UpstreamFailed or ContextCommand.Cancel or ContextCommand.Fail
            or ContextCommand.Expire)
            => Accept(state),

        _ => throw new UnreachableException($"No rule for {command.GetType().Name} in phase {state.Phase}."),
    };

    private static Decision Push(ContextState state, ContextCommand.Push push)
    {
        var input = state.HeldConfig is { } config
            ? push.Input with { GenerationConfig = GenerationConfigs.Merge(config, push.Input.GenerationConfig) }
            : push.Input;
        var whole = state.Held + input.Text;
        var unfinished = input.Flush || input.IsLast ? 0 : UnfinishedText.LengthIn(whole);
        var text = whole[..^unfinished];
        var isSent = state.IsUpstreamLive || Speakable.IsIn(text);
        if (!isSent)
        {
            return PushNothing(state with { Held = whole, HeldConfig = input.GenerationConfig }, push);
        }

        // Text that only ends the context or a segment is still sent: the upstream joins the parts verbatim.
        var speaks = state.SegmentSpeaks || Speakable.IsIn(text);
        var flushes = input.Flush && speaks;
        byte[]? heldConfig = null;
        var effects = ImmutableArray.CreateBuilder<ContextEffect>(3);
        if (input.Flush)
        {
            effects.Add(new ContextEffect.ExpectFlush(IsSpoken: speaks));
        }

        if (flushes && input.IsLast)
        {
            // What an upstream makes of both in one message is not documented; one after the other is.
            effects.Add(new ContextEffect.Send(input with { Text = text, IsLast = false }));
            effects.Add(new ContextEffect.Send(new ContextInput("", Flush: false, IsLast: true)));
        }
        else if (text.Length > 0 || flushes || input.IsLast)
        {
            effects.Add(new ContextEffect.Send(input with { Text = text, Flush = flushes }));
        }
        else
        {
            heldConfig = input.GenerationConfig;
        }

        return new Decision(
            state with
            {
                Phase = input.IsLast ? ContextPhase.Draining : ContextPhase.Open,
                IsUpstreamLive = true,
                Held = whole[^unfinished..],
                HeldConfig = heldConfig,
                SegmentSpeaks = speaks && !flushes,
            },
            null,
            effects.DrainToImmutable());
    }

    private static Decision SendHeld(ContextState state)
        => Accept(
            state with { IsUpstreamLive = true, Held = "", HeldConfig = null, SegmentSpeaks = true },
            new ContextEffect.Send(new ContextInput(state.Held, Flush: false, IsLast: false, state.HeldConfig)));

    // No upstream context is open and there is nothing to open one for.
    private static Decision PushNothing(ContextState state, ContextCommand.Push push) => push.Input switch
    {
        { IsLast: true } when push.IsFirst => Fail(state, ErrorCatalogue.EmptyTranscript),
        { IsLast: true, Flush: true } => Close(state, new ContextEffect.ExpectFlush(IsSpoken: false)),
        { IsLast: true } => Close(state),
        { Flush: true } => Accept(state, new ContextEffect.ExpectFlush(IsSpoken: false), new ContextEffect.AwaitInput()),
        _ => Accept(state, new ContextEffect.AwaitInput()),
    };

    // What is left to say is pushed anew, as if the context had just been opened: the upstream knows nothing of what came before.
    private static Decision Replay(ContextState state, ImmutableArray<ContextInput> inputs)
    {
        var effects = new List<ContextEffect> { new ContextEffect.ForgetFlushes() };
        var next = ContextState.New with { HasLateText = state.HasLateText };
        foreach (var input in inputs)
        {
            var decision = Push(next, new ContextCommand.Push(input, IsFirst: false));
            next = decision.State;
            effects.AddRange(decision.Effects.Where(effect => effect is not ContextEffect.AwaitInput));
        }

        if (next is { Phase: ContextPhase.Open, IsUpstreamLive: false })
        {
            effects.Add(new ContextEffect.AwaitInput());
        }

        return new Decision(next, null, [.. effects]);
    }

    private static Decision Close(ContextState state, params ReadOnlySpan<ContextEffect> before)
    {
        var end = state.HasLateText
            ? new ContextEffect.Close(ContextOutcome.Error, ErrorCatalogue.ContextClosed)
            : new ContextEffect.Close(ContextOutcome.Done, null);
        return new Decision(state with { Phase = ContextPhase.Closed }, null, [.. before, end]);
    }

    // The upstream is still speaking: it is told to stop.
    private static Decision Stop(ContextState state, ContextOutcome outcome, ProtocolError? error)
        => Accept(
            state with { Phase = ContextPhase.Closed, IsUpstreamLive = false },
            [.. state.IsUpstreamLive ? new ContextEffect[] { new ContextEffect.CancelUpstream() } : [], new ContextEffect.Close(outcome, error)]);

    private static Decision Fail(ContextState state, ProtocolError error)
        => Accept(state with { Phase = ContextPhase.Closed, IsUpstreamLive = false }, new ContextEffect.Close(ContextOutcome.Error, error));

    private static Decision Accept(ContextState state, params ReadOnlySpan<ContextEffect> effects) => new(state, null, [.. effects]);

    private static bool HasText(ImmutableArray<ContextInput> inputs)
    {
        foreach (var input in inputs)
        {
            if (Speakable.IsIn(input.Text))
            {
                return true;
            }
        }

        return false;
    }
}
