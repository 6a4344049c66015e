using TtsGrains.Grains.Connections;
using TtsGrains.Grains.Contexts.Archiving;
using TtsGrains.Grains.Contexts.Lifecycle;
using TtsGrains.Grains.Interfaces.Connections;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.Grains.Contexts.Attempts;

/// <summary>
/// The upstream contexts that speak for one context, one after the other, and the recovery when one is lost, silent, or ends early. What follows for the
/// context is returned as a command for the lifecycle rules; null for nothing.
/// </summary>
internal sealed class UpstreamAttempts
{
    private const string Silence = "upstream_silent";
    private const string Limited = "upstream_limited";

    private readonly OpenedContext _context;
    private readonly PendingInputs _pending;
    private readonly ContextRecording _recording;
    private readonly AttemptServices _services;
    private readonly Func<ContextCommand, Task> _run;
    private readonly SlotWait _slots;
    private readonly UpstreamChoice _choice;
    private readonly ResumePoint _resume;
    private readonly AttemptOpener _opener;

    /// <param name="context">The context.</param>
    /// <param name="pending">What is not spoken yet.</param>
    /// <param name="recording">Notes what was sent.</param>
    /// <param name="services">The services of the silo.</param>
    /// <param name="run">Runs a command that follows from a timer.</param>
    public UpstreamAttempts(OpenedContext context, PendingInputs pending, ContextRecording recording, AttemptServices services, Func<ContextCommand, Task> run)
    {
        (_context, _pending, _recording, _services, _run) = (context, pending, recording, services, run);
        _slots = new SlotWait(context, services);
        _choice = new UpstreamChoice(context.Key, services);
        _resume = new ResumePoint(context, pending, services);
        _opener = new AttemptOpener(context, pending, recording, _slots, _choice, _resume, services);
    }

    private delegate void OutageReport(ConnectionKey key, in RequestFingerprint request);

    /// <summary>How many there were.</summary>
    public int Count => _opener.Count;

    /// <summary>The upstream of the last one; null if there was none.</summary>
    public string? Upstream => _opener.Upstream;

    private RequestOutcomes Outcomes => _services.Pool.Outcomes;

    /// <summary>Sends an input, in a new upstream context when none is open.</summary>
    public ContextCommand? Send(ContextInput input)
    {
        _choice.OnAsked();
        if (_opener.Attempt is { } attempt)
        {
            attempt.Start.Markup.Append(input.Text);

            // When it has ended, the notice of that is on its way here: then this is sent again, behind what else was not spoken.
            attempt.HasSentWords |= UnreportedWords.HasWords([input]);
            _recording.RecordSent(input, isSent: attempt.Send(input));
            ExpectProgress(attempt);
            return null;
        }

        if (!_opener.Add(input))
        {
            return null;
        }

        if (_choice.Delay > TimeSpan.Zero)
        {
            _slots.Delay(_choice.Delay, () => _opener.Ask() is { } command ? _run(command) : Task.CompletedTask);
            return null;
        }

        return _opener.Ask();
    }

    /// <summary>Whether this one speaks now.</summary>
    public bool IsCurrent(int attempt) => attempt == Count && _opener.Attempt is not null;

    /// <summary>An attempt did something that calls for a decision.</summary>
    public ContextCommand? On(UpstreamNotice notice)
    {
        // Of an older one.
        if (notice.Attempt != _opener.Count)
        {
            return null;
        }

        if (notice.Event == UpstreamEvent.PlaceDecided)
        {
            return _opener.OnSlotDecided();
        }

        return _opener.Attempt is { } attempt ? On(notice, attempt) : null;
    }

    /// <summary>Stops whatever is under way: the client wants no more.</summary>
    public void Cancel()
    {
        Stop();
        if (_opener.Attempt is { } attempt)
        {
            Outcomes.OnGivenUp(attempt.Key, _slots.Request);
            attempt.Cancel();
            _opener.Forget();
        }
    }

    /// <summary>Stops whatever is under way: the context continues on another silo.</summary>
    public void Leave()
    {
        _context.Log.Attempts.End();
        Stop();
        _opener.Attempt?.Cancel();
        _opener.Forget();
        _context.Telemetry?.AttemptEnded("moved");
    }

    /// <summary>Waits for no slot any more.</summary>
    public void Stop() => _opener.Stop();

    /// <summary>Another upstream context speaks what was not spoken yet.</summary>
    public ContextCommand Resume(string reason) => _resume.Resume(_resume.MakePlan(Upstream), reason);

    /// <summary>Whether the upstream may still have to speak something of what was pushed.</summary>
    public bool MayOweSpeech()
    {
        if (_opener.Attempt is null)
        {
            return _slots.IsWaiting;
        }

        var delivered = _context.Log.ReadDelivered(_pending.From);
        var tellsWords = delivered.Bytes == 0 || !delivered.Words.IsEmpty;
        return !tellsWords || UnreportedWords.IsLeft(_pending.Inputs, delivered, mayWaitForWholeWords: _context.Settings.MaxBufferDelayMs > 0);
    }

    private ContextCommand? On(UpstreamNotice notice, UpstreamAttempt attempt)
    {
        switch (notice.Event)
        {
            case UpstreamEvent.SegmentSpoken:
                _pending.Finish(_context.Log.Segment);
                ExpectProgress(attempt);
                return null;
            case UpstreamEvent.PartSpoken:
                return null;
            case UpstreamEvent.Finished:
                return Finish(attempt);
            case UpstreamEvent.Lost:
                return Lose(attempt, ErrorCatalogue.UpstreamLost, "upstream_lost", Outcomes.OnLost);
            case UpstreamEvent.Silent:
                return OnSilent(attempt);
            case UpstreamEvent.Failed:
                return OnFailed(attempt, notice.Fault!.ToError());
            case UpstreamEvent.Garbled:
                return OnGarbled(attempt);
            default:
                throw new ArgumentOutOfRangeException(nameof(notice), notice.Event, "Not an event of an upstream.");
        }
    }

    // It has said all that it had got. What crossed with its end on the wire it had not.
    private ContextCommand Finish(UpstreamAttempt attempt)
    {
        var log = _context.Log;
        _slots.Restart();
        End(error: null);
        _choice.OnProgress();
        _pending.Finish(log.Segment);
        if (!attempt.HasAudio && !UnreportedWords.HasWords(_pending.Inputs)
            && !UnreportedWords.IsLeft(_pending.Inputs, log.ReadDelivered(_pending.From), mayWaitForWholeWords: false))
        {
            // Emoji have no audio, but their word times were told: they did not cross with the end.
            _pending.NoteResent(log.Chunks);
        }

        _pending.Answer(log.Chunks, log.Count);
        _resume.NoteFinished();

        // Asked once more, it was silent again. An end without audio would look like speech to the client.
        if (attempt.HasSentWords && !attempt.HasAudio && !UnreportedWords.HasWords(_pending.Inputs))
        {
            return new ContextCommand.UpstreamFailed(ErrorCatalogue.UpstreamNoAudio);
        }

        _pending.NoteResent(log.Chunks);
        return new ContextCommand.UpstreamFinished(ResumePlan.WithConfig(_pending.Inputs, _pending.ConfigBefore));
    }

    private ContextCommand OnFailed(UpstreamAttempt attempt, ProtocolError error)
    {
        switch (ErrorClassifier.Classify(error))
        {
            case ErrorClass.Transient:
                return Lose(attempt, error, "upstream_error", Outcomes.OnFailed, isOfRequest: true);
            case ErrorClass.Capacity:
                Outcomes.OnLimited(attempt.Key, _slots.Request);
                return WaitForCapacity(error);
            case ErrorClass.Account or ErrorClass.Quota when _choice.Candidates().Any(upstream => upstream != attempt.Key.Upstream):
                return Lose(attempt, error, "upstream_error", Outcomes.OnGivenUp, isOfRequest: true);
            default:
                Outcomes.OnGivenUp(attempt.Key, _slots.Request);
                return new ContextCommand.UpstreamFailed(error);
        }
    }

    // Its audio has a hole: going on would hide it.
    private ContextCommand.UpstreamFailed OnGarbled(UpstreamAttempt attempt)
    {
        Outcomes.OnGivenUp(attempt.Key, _slots.Request);
        attempt.Cancel();
        End("upstream_garbled");
        return new ContextCommand.UpstreamFailed(ErrorCatalogue.UpstreamGarbled);
    }

    private ContextCommand? OnSilent(UpstreamAttempt attempt)
    {
        if (!_context.IsEndDue && !IsSpeechDue())
        {
            return null;
        }

        attempt.Cancel();
        return Lose(attempt, ErrorCatalogue.UpstreamSilent, Silence, Outcomes.OnSilent);
    }

    // Nothing has to end: it may be waiting for more text, rightly. It is not when words of what it has were never told; but who said so once before
    // without coming any further since is left in peace.
    private bool IsSpeechDue()
    {
        var plan = _resume.MakePlan(Upstream);
        return (_resume.Reason != Silence || _resume.IsFurther(plan))
            && UnreportedWords.IsLeft(_pending.Inputs, _context.Log.ReadDelivered(_pending.From), mayWaitForWholeWords: _context.Settings.MaxBufferDelayMs > 0);
    }

    // Refused again and again for want of capacity, it has been waiting all the time: that has a deadline of its own.
    private ContextCommand WaitForCapacity(ProtocolError error)
    {
        End(Limited);
        var plan = _resume.MakePlan(Upstream);
        NoteReached(plan);
        _choice.OnLimited(error);
        return _resume.Resume(plan, Limited);
    }

    private ContextCommand Lose(UpstreamAttempt attempt, ProtocolError error, string reason, OutageReport report, bool isOfRequest = false)
    {
        End(reason);
        var plan = _resume.MakePlan(Upstream);
        var isFurther = NoteReached(plan);
        _slots.Restart();
        if (!isFurther)
        {
            report(attempt.Key, RequestFingerprint.Of(_context.Key, _context.Settings, _pending.Inputs));
        }

        return _choice.TryAgain(attempt.Key.Upstream, error, isOfRequest, _slots.Request)
            ? _resume.Resume(plan, reason)
            : new ContextCommand.UpstreamFailed(_choice.LastError ?? error);
    }

    private bool NoteReached(ResumePlan plan)
    {
        var isFurther = _resume.NoteReached(plan);
        if (isFurther)
        {
            _choice.OnProgress();
        }

        return isFurther;
    }

    private void End(string? error)
    {
        _opener.Forget();
        _context.Telemetry?.AttemptEnded(error);
        _context.Log.Attempts.End();
    }

    private void ExpectProgress(UpstreamAttempt attempt) => attempt.ExpectProgress(_context.IsEndDue, _context.Settings.MaxBufferDelayMs);
}
