using System.Collections.Immutable;
using TtsGrains.Archive.Writing;
using TtsGrains.Grains.Contexts.Archiving;
using TtsGrains.Grains.Contexts.Attempts;
using TtsGrains.Grains.Contexts.Lifecycle;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.Grains.Contexts;

/// <summary>Asks <see cref="ContextLifecycle"/> what follows from all that happens to a context, and carries it out.</summary>
/// <param name="context">The context.</param>
/// <param name="inputs">What was pushed to it.</param>
/// <param name="pending">What of that is not spoken yet.</param>
/// <param name="recording">Notes what was pushed.</param>
/// <param name="attempts">Who speaks it.</param>
/// <param name="archiving">Hands it to the archive.</param>
/// <param name="ending">Ends it.</param>
/// <param name="expiry">How long it waits for more text.</param>
internal sealed class ContextRunner(
    OpenedContext context,
    ReceivedInputs inputs,
    PendingInputs pending,
    ContextRecording recording,
    UpstreamAttempts attempts,
    ContextArchiving archiving,
    ContextEnding ending,
    TimeSpan expiry)
{
    private IDisposable? _expiry;

    /// <summary>Takes the push that opens the context.</summary>
    public Task<ContextFault?> OpenAsync(ContextInput first)
    {
        inputs.Add(first);
        first = first.Attach();
        Note(first);
        return RunAsync(new ContextCommand.Push(WithConfig(first), IsFirst: true));
    }

    /// <summary>Takes a further push.</summary>
    /// <param name="input">The push.</param>
    /// <param name="epoch">Which owner sends it.</param>
    /// <param name="number">Counts what the owner has sent, from 0; negative if it does not count.</param>
    public async Task<ContextFault?> PushAsync(ContextInput input, int epoch, int number)
    {
        // Ignores calls from a superseded owner, and duplicate inputs.
        if (epoch < context.Log.OwnerEpoch || (number >= 0 && number < inputs.Count))
        {
            return null;
        }

        if (context.EndedWell && input.Number is null)
        {
            return ContextFault.From(ErrorCatalogue.ContextDone);
        }

        switch (inputs.Add(input))
        {
            case InputOrder.Repeat:
                return null;
            case InputOrder.Ahead:
                return await RunAsync(new ContextCommand.Fail(ErrorCatalogue.InputAhead(input.Number!.Value, inputs.Taken)));
        }

        StopExpiry();
        input = input.Attach();
        NoteSilence(input);
        Note(input);
        return await RunAsync(new ContextCommand.Push(WithConfig(input), IsFirst: false));
    }

    /// <summary>Takes a push that a silo before took: only its state counts, what it led to is restored otherwise.</summary>
    public void Restore(ContextInput received)
    {
        if (inputs.Add(received) == InputOrder.Next)
        {
            var input = received.Attach();
            Note(input);
            context.State = ContextLifecycle.Decide(context.State, new ContextCommand.Push(input, IsFirst: inputs.Count == 1)).State;
        }
    }

    /// <summary>An upstream did something that calls for a decision.</summary>
    public async Task OnUpstreamAsync(UpstreamNotice notice)
    {
        if (attempts.On(notice) is { } command)
        {
            await RunAsync(command);
        }
        else if (notice.Event is UpstreamEvent.SegmentSpoken or UpstreamEvent.PartSpoken && attempts.IsCurrent(notice.Attempt))
        {
            archiving.HandOver(SegmentEnding.Flush, withPart: notice.Event == UpstreamEvent.PartSpoken);
        }
    }

    /// <summary>Runs a command.</summary>
    /// <returns>Null, or why it was refused.</returns>
    public async Task<ContextFault?> RunAsync(ContextCommand command)
    {
        var decision = ContextLifecycle.Decide(context.State, command);
        context.State = decision.State;
        await CarryOutAsync(decision.Effects);
        return decision.Refusal is null ? null : ContextFault.From(decision.Refusal);
    }

    /// <summary>Hands over what is due later.</summary>
    public void Finish() => archiving.Correction.Correct();

    /// <summary>The host stops: a context that cannot continue elsewhere ends with a terminal frame, so that no client waits without end.</summary>
    public async Task EndWithHostAsync()
    {
        await CarryOutAsync([new ContextEffect.Close(ContextOutcome.Error, ErrorCatalogue.ShuttingDown)]);
        context.State = context.State with { Phase = ContextPhase.Closed };
    }

    /// <summary>Stops the context at once.</summary>
    public Task CancelAsync(int? delivered, double? playedMs)
    {
        recording.Delivered = delivered;
        recording.PlayedMs = playedMs ?? recording.PlayedMs;
        return RunAsync(new ContextCommand.Cancel());
    }

    /// <summary>The client has played this much of the audio, ms.</summary>
    public void ReportPlayed(double playedMs) => archiving.Correction.Report(playedMs);

    /// <summary>The context was restored here: what is left to say is spoken, in another upstream context.</summary>
    public Task ResumeAsync()
    {
        // Its end was never said: what is left to say decides.
        context.State = context.State.Phase == ContextPhase.Closed ? context.State with { Phase = ContextPhase.Draining } : context.State;
        archiving.HandOver(SegmentEnding.Flush);
        return RunAsync(attempts.Resume("silo_lost"));
    }

    /// <summary>The context continues elsewhere: nothing more is spoken here.</summary>
    public void Leave()
    {
        StopExpiry();
        attempts.Leave();
    }

    private void StopExpiry() => _expiry?.Dispose();

    // What was set for one text holds for those behind it; an upstream context that is opened for it knows of none.
    private ContextInput WithConfig(ContextInput input) => context.State.IsUpstreamLive ? input : input with { GenerationConfig = pending.Config };

    private void Note(ContextInput input)
    {
        if (context.State.Phase == ContextPhase.Open)
        {
            recording.Add(input);
            pending.Add(input, context.Log.Chunks);
        }
    }

    // A client may send text only after all of its earlier text was spoken and played: the silence before it is no fault of the upstream.
    private void NoteSilence(ContextInput input)
    {
        if (input.Text.Length > 0 && context.Telemetry is { IsDry: true } telemetry && !attempts.MayOweSpeech())
        {
            telemetry.TextAfterSilence();
        }
    }

    private Task ExpireAsync()
    {
        pending.EndUnfinished();
        return RunAsync(new ContextCommand.Expire());
    }

    private async Task CarryOutAsync(ImmutableArray<ContextEffect> effects)
    {
        foreach (var effect in effects)
        {
            // What came before may have ended it.
            if (context.Log.IsClosed)
            {
                return;
            }

            switch (effect)
            {
                case ContextEffect.ForgetFlushes:
                    context.Log.ForgetFlushes();
                    break;
                case ContextEffect.ExpectFlush flush:
                    context.Log.ExpectFlush(flush.IsSpoken);
                    archiving.HandOver(SegmentEnding.Flush);
                    break;
                case ContextEffect.Send send:
                    if (attempts.Send(send.Input) is { } command)
                    {
                        await RunAsync(command);
                    }

                    break;
                case ContextEffect.CompleteFlushes:
                    context.Log.CompleteFlushes();
                    archiving.HandOver(SegmentEnding.Flush);
                    break;
                case ContextEffect.AwaitInput:
                    StopExpiry();
                    _expiry = context.Host.After(expiry, ExpireAsync);
                    break;
                case ContextEffect.CancelUpstream:
                    attempts.Cancel();
                    break;
                case ContextEffect.Close close:
                    StopExpiry();
                    attempts.Stop();
                    await ending.CloseAsync(close.Outcome, close.Error);
                    return;
                default:
                    throw new InvalidOperationException($"No code carries out {effect.GetType().Name}.");
            }
        }
    }
}
