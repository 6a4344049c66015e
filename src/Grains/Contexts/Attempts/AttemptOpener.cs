using Microsoft.Extensions.Logging;
using TtsGrains.Grains.Connections;
using TtsGrains.Grains.Contexts.Archiving;
using TtsGrains.Grains.Contexts.Lifecycle;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.Grains.Contexts.Attempts;

/// <summary>Keeps text until there is a slot for it, and opens an upstream context with it.</summary>
/// <param name="context">The context.</param>
/// <param name="pending">What is not spoken yet.</param>
/// <param name="recording">Notes what was sent.</param>
/// <param name="slots">Waits for slots.</param>
/// <param name="choice">Knows which upstreams may be asked.</param>
/// <param name="resume">Knows how to continue.</param>
/// <param name="services">The services of the silo.</param>
internal sealed partial class AttemptOpener(
    OpenedContext context, PendingInputs pending, ContextRecording recording, SlotWait slots, UpstreamChoice choice, ResumePoint resume, AttemptServices services)
{
    private readonly Queue<ContextInput> _unsent = new();

    /// <summary>The attempt that speaks; null when none is open.</summary>
    public UpstreamAttempt? Attempt { get; private set; }

    /// <summary>How many attempts there were; the number of the last one.</summary>
    public int Count { get; private set; }

    /// <summary>The upstream of the last attempt that was opened.</summary>
    public string? Upstream { get; private set; }

    /// <summary>The attempt is over.</summary>
    public void Forget() => Attempt = null;

    /// <summary>Drops the text that waits.</summary>
    public void Stop()
    {
        _unsent.Clear();
        slots.Stop();
    }

    /// <summary>Keeps an input for the attempt that is to be opened. Call it only while none is open.</summary>
    /// <returns>Whether it is the first: then a slot must be asked for.</returns>
    public bool Add(ContextInput input)
    {
        // An upstream context that is opened for it knows none of the settings in force; a plan has them in its text.
        if (_unsent.Count == 0 && resume.Plan is null or { Inputs.IsEmpty: true } && pending.MarkupBefore.ToTags() is { Length: > 0 } tags)
        {
            input = input with { Text = tags + input.Text };
        }

        _unsent.Enqueue(input);
        return _unsent.Count == 1;
    }

    /// <summary>Asks for a slot for the next attempt, and opens it when there is one at once.</summary>
    /// <returns>What follows for the context; null for nothing.</returns>
    public ContextCommand? Ask()
    {
        choice.OnDelayed();
        Count++;
        return slots.TryAsk(Count, choice.Candidates(), choice.Remaining, pending.Inputs) ? OnSlotDecided() : null;
    }

    /// <summary>There is a slot, or there will be none.</summary>
    /// <returns>What follows for the context; null for nothing.</returns>
    public ContextCommand? OnSlotDecided()
    {
        if (slots.TakeDecision() is not { } grant)
        {
            return null;
        }

        if (grant.Refusal != SlotRefusal.None)
        {
            _unsent.Clear();
            return new ContextCommand.UpstreamFailed(choice.ErrorOf(grant.Refusal));
        }

        if (context.Log.IsClosed)
        {
            services.Pool.OnSlotFree(grant.Connection!.Key, context.Key.Tenant);
            return null;
        }

        try
        {
            return TryOpen(grant.Connection!) ? null : Ask();
        }
        catch (Exception e)
        {
            LogPlaceNotTaken(services.Logger, context.Key, e);
            return new ContextCommand.UpstreamFailed(ErrorCatalogue.Internal);
        }
    }

    // False when the socket ended between being chosen and being used.
    private bool TryOpen(UpstreamConnection connection)
    {
        var (plan, log, telemetry, request) = (resume.Plan, context.Log, context.Telemetry, slots.Request);
        var upstream = services.Upstreams.Get(connection.Key.Upstream);
        var firstAudio = choice.Remaining < upstream.FirstAudioTimeout ? choice.Remaining : upstream.FirstAudioTimeout;
        var start = AttemptStart.Begin(log, Count, new ProgressWatch(firstAudio, upstream.ProgressTimeout, services.Time), plan);
        foreach (var input in _unsent)
        {
            start.Markup.Append(input.Text);
        }

        telemetry?.AttemptOpening(connection.Key.Upstream, Count, connection.Key.Number);
        var feed = new AttemptFrames(log, context.Host.Self, start, OnSpoken, connection.RecordDrop, services.Logger);
        if (UpstreamAttempt.Open(start, context.Key.Tenant, context.Settings, upstream, _unsent.Peek(), connection, feed, services.Pool) is not { } attempt)
        {
            telemetry?.AttemptNotOpened();
            return false;
        }

        (Attempt, Upstream) = (attempt, connection.Key.Upstream);
        recording.Sent?.SetUpstream(Upstream);
        attempt.HasSentWords = UnreportedWords.HasWords(_unsent);
        resume.OnOpened();
        NoteSeam(plan);
        recording.RecordSent(_unsent.Dequeue(), isSent: true);
        while (_unsent.TryDequeue(out var next))
        {
            recording.RecordSent(next, isSent: attempt.Send(next));
        }

        attempt.ExpectProgress(context.IsEndDue, context.Settings.MaxBufferDelayMs);
        return true;

        void OnSpoken()
        {
            connection.RecordSpoken(request);
            telemetry?.AttemptSpoke(connection.Key.Upstream);
        }
    }

    private void NoteSeam(ResumePlan? plan)
    {
        if (plan is null)
        {
            return;
        }

        context.Telemetry?.Seam(Upstream!, plan.Kind, resume.Reason);
        var before = context.Log.Seams is [.., var last] ? last.Attempt : 1;
        context.Log.Add(new ContextSeam(plan.Segment, Math.Round(context.Log.Format.DurationOf(plan.SegmentBytes).TotalMilliseconds, 3), resume.Reason)
        {
            Kind = plan.Kind,

            // A silo that has restored the context counts its own attempts.
            Attempt = Math.Max(Count, before + 1),
            Upstream = Upstream,
        });
        LogResumed(services.Logger, context.Key, Count, Upstream!, plan.Kind, resume.Reason);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Context {ContextKey} continues with attempt {Attempt} at upstream {Upstream} ({Kind}) after {Reason}")]
    private static partial void LogResumed(ILogger logger, ContextKey contextKey, int attempt, string upstream, SeamKind kind, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Context {ContextKey} did not take the place that it waited for")]
    private static partial void LogPlaceNotTaken(ILogger logger, ContextKey contextKey, Exception exception);
}
