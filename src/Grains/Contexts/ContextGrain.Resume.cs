using System.Text;
using Microsoft.Extensions.Logging;
using TtsGrains.Archive.Manifests;
using TtsGrains.Grains.Connections;
using TtsGrains.Grains.Contexts.Attempts;
using TtsGrains.Grains.Contexts.Lifecycle;
using TtsGrains.Grains.Interfaces.Connections;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.Grains.Contexts;

/// <content>Recovery when an upstream context is lost, silent, or ends early.</content>
internal sealed partial class ContextGrain
{
    private const string Silence = "upstream_silent";
    private const string Limited = "upstream_limited";

    // A request that was refused so often, while others were served, is refused for what it asks.
    private const int LossesOfRequest = 3;

    private readonly HashSet<string> _failedAt = new(StringComparer.Ordinal);
    private RetrySchedule? _retries;
    private TimeSpan _retryDelay;
    private ResumePlan? _plan;
    private ProtocolError? _lastError;
    private string _lossReason = "";
    private (int From, int Segment, int Words, long Bytes) _reached = (0, 1, 0, 0);
    private long _firstLossAt;

    private RetrySchedule Retries => _retries ??= new RetrySchedule(options.Value.RecoveryTimeout, time, Random.Shared.NextDouble);

    private async Task OnFailedAsync(ProtocolError error)
    {
        var key = _attempt!.Key;
        switch (ErrorClassifier.Classify(error))
        {
            case ErrorClass.Transient:
                await LoseAttemptAsync(error, "upstream_error", pool.Outcomes.OnFailed, isOfRequest: true);
                break;
            case ErrorClass.Capacity:
                pool.Outcomes.OnLimited(key, _request);
                await WaitForCapacityAsync(error);
                break;
            case ErrorClass.Account or ErrorClass.Quota when Candidates().Any(upstream => upstream != key.Upstream):
                await LoseAttemptAsync(error, "upstream_error", pool.Outcomes.OnGivenUp, isOfRequest: true);
                break;
            default:
                pool.Outcomes.OnGivenUp(key, _request);
                await RunAsync(new ContextCommand.UpstreamFailed(error));
                break;
        }
    }

    // Its audio has a hole: going on would hide it.
    private async Task OnGarbledAsync()
    {
        pool.Outcomes.OnGivenUp(_attempt!.Key, _request);
        _attempt.Cancel();
        _attempt = null;
        _telemetry?.AttemptEnded("upstream_garbled");
        _log!.EndAttempt();
        await RunAsync(new ContextCommand.UpstreamFailed(ErrorCatalogue.UpstreamGarbled));
    }

    // Symbols alone may rightly be without audio.
    private static bool HasWords(IEnumerable<ContextInput> inputs) => inputs.Any(input => input.Text.EnumerateRunes().Any(Rune.IsLetterOrDigit));

    private async Task OnSilentAsync()
    {
        var isEndDue = _log!.IsFlushDue || _state.Phase == ContextPhase.Draining;
        if (!isEndDue && !IsSpeechDue())
        {
            return;
        }

        _attempt!.Cancel();
        await LoseAttemptAsync(ErrorCatalogue.UpstreamSilent, Silence, pool.Outcomes.OnSilent);
    }

    // Nothing has to end: it may be waiting for more text, rightly. It is not when words of what it has were never told; but who said so once before
    // without coming any further since is left in peace.
    private bool IsSpeechDue()
    {
        var plan = PlanResume();
        return (_lossReason != Silence || IsFurther(plan))
            && UnreportedWords.IsLeft(_pending.Inputs, _log!.ReadDelivered(_pending.From), mayWaitForWholeWords: _settings!.MaxBufferDelayMs > 0);
    }

    // A client may send text only after all of its earlier text was spoken and played: the silence before it is no fault of the upstream.
    private void NoteSilence(ContextInput input)
    {
        if (input.Text.Length > 0 && _telemetry is { IsDry: true } && !MayOweSpeech())
        {
            _telemetry.TextAfterSilence();
        }
    }

    private bool MayOweSpeech()
    {
        if (_attempt is null)
        {
            return _ticket is not null || _retry is not null;
        }

        var delivered = _log!.ReadDelivered(_pending.From);
        var tellsWords = delivered.Bytes == 0 || !delivered.Words.IsEmpty;
        return !tellsWords || UnreportedWords.IsLeft(_pending.Inputs, delivered, mayWaitForWholeWords: _settings!.MaxBufferDelayMs > 0);
    }

    // Refused again and again for want of capacity, it has been waiting all the time: that has a deadline of its own.
    private async Task WaitForCapacityAsync(ProtocolError error)
    {
        _attempt = null;
        _telemetry?.AttemptEnded(Limited);
        _log!.EndAttempt();
        var plan = PlanResume();
        NoteReached(plan);
        (_lastError, _retryDelay) = (error, TimeSpan.Zero);
        await ResumeAsync(plan, Limited);
    }

    // isOfRequest: the upstream has answered, so the failure may be the request's. Then the next upstream is asked, once.
    private async Task LoseAttemptAsync(ProtocolError error, string reason, OutageReport report, bool isOfRequest = false)
    {
        var key = _attempt!.Key;
        _attempt = null;
        _telemetry?.AttemptEnded(reason);
        _log!.EndAttempt();
        var plan = PlanResume();
        var isFurther = NoteReached(plan);
        (_lastError, _waitingSince) = (error, null);
        if (!isFurther)
        {
            report(key, RequestFingerprint.Of(_key, _settings!, _pending.Inputs));
        }

        _firstLossAt = Retries.Losses == 0 ? time.GetTimestamp() : _firstLossAt;
        var delay = Retries.OnLost(upstreams.Get(key.Upstream).FirstAudioTimeout);
        var isMoved = MoveOn(key.Upstream, isOfRequest);
        if (delay is null || (isOfRequest && !isMoved && IsFinal(key.Upstream)))
        {
            await RunAsync(new ContextCommand.UpstreamFailed(error));
            return;
        }

        _retryDelay = isMoved ? TimeSpan.Zero : delay.Value;
        await ResumeAsync(plan, reason);
    }

    // To another upstream, if one works: once, so that a request which no upstream can speak is not passed round.
    private bool MoveOn(string upstream, bool isOfRequest)
    {
        if (_failedAt.Count > 0 || (!isOfRequest && Retries.Losses < 2 && _lastError != ErrorCatalogue.UpstreamSilent)
            || !catalogue.Of(_key.Tenant).Any(other => other != upstream && pool.IsUp(other)))
        {
            return false;
        }

        return _failedAt.Add(upstream);
    }

    // Two upstreams have refused the request, or one has while it served others.
    private bool IsFinal(string upstream)
        => _failedAt.Count > 0 || ErrorClassifier.Classify(_lastError!) != ErrorClass.Transient
            || (Retries.Losses >= LossesOfRequest && pool.Outcomes.HasServedOthers(upstream, _firstLossAt, _request));

    private void OnProgress()
    {
        Retries.OnProgress();
        _failedAt.Clear();
        (_retryDelay, _lastError) = (TimeSpan.Zero, null);
    }

    private delegate void OutageReport(ConnectionKey key, in RequestFingerprint request);

    // Notes how far the client has got. True if that is further than at the loss before.
    private bool NoteReached(ResumePlan plan)
    {
        var isFurther = IsFurther(plan);
        _reached = Reached(plan);
        if (isFurther)
        {
            OnProgress();
        }

        return isFurther;
    }

    private ResumePlan PlanResume()
    {
        var log = _log!;
        _pending.Finish(log.Segment);
        var mode = upstreams.Get(_upstream ?? catalogue.Of(_key.Tenant)[0]).Resume;
        return ResumePlan.Of(_pending.Inputs, _pending.ConfigBefore, log.ReadDelivered(_pending.From), mode, _pending.MarkupBefore);
    }

    // Another upstream context says what was not said yet.
    private Task<ContextFault?> ResumeAsync(ResumePlan plan, string reason)
    {
        (_plan, _lossReason) = (plan, reason);
        _pending.NoteResent(_log!.Chunks);
        return RunAsync(new ContextCommand.UpstreamLost(plan.Inputs));
    }

    private bool IsFurther(ResumePlan plan) => Reached(plan).CompareTo(_reached) > 0;

    private (int From, int Segment, int Words, long Bytes) Reached(ResumePlan plan) => (_pending.From, plan.Segment, plan.Words.Length, plan.SkipBytes);

    private void NoteSeam(ResumePlan? plan)
    {
        if (plan is null)
        {
            return;
        }

        _telemetry?.Seam(_upstream!, plan.Kind, _lossReason);
        _recording!.Add(new ManifestSeam(plan.Segment, Math.Round(_log!.Format.DurationOf(plan.SegmentBytes).TotalMilliseconds, 3), _lossReason)
        {
            Kind = plan.Kind,
            Attempt = _attempts,
            Upstream = _upstream,
        });
        LogResumed(logger, _key, _attempts, _upstream!, plan.Kind, _lossReason);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Context {ContextKey} continues with attempt {Attempt} at upstream {Upstream} ({Kind}) after {Reason}")]
    private static partial void LogResumed(ILogger logger, ContextKey contextKey, int attempt, string upstream, SeamKind kind, string reason);
}
