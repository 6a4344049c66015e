using Microsoft.Extensions.Logging;
using TtsGrains.Grains.Archive;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.Grains.Contexts;

/// <content>How it goes on when an upstream context is lost, silent, or breaks off.</content>
internal sealed partial class ContextGrain
{
    // Upstreams that take text only to drop it, again and again without coming any further, are given up.
    private const int MostLossesInARow = 5;
    private const string Silence = "upstream_silent";

    private ResumePlan? _plan;
    private ProtocolError? _lastError;
    private string _lossReason = "";
    private (int From, int Segment, int Words, long Bytes) _reached;
    private int _lossesInARow;

    private async Task OnFailedAsync(ProtocolError error)
    {
        var place = _attempt!.Key;
        switch (UpstreamErrors.Judge(error))
        {
            case UpstreamVerdict.Again:
                pool.OnFailed(place);
                await LoseAttemptAsync(error, "upstream_error");
                break;
            case UpstreamVerdict.Later:
                pool.OnLimited(place);
                await LoseAttemptAsync(error, "upstream_limited", isLimited: true);
                break;
            case UpstreamVerdict.Elsewhere when Candidates().Any(upstream => upstream != place.Upstream):
                _excluded.Add(place.Upstream);
                await LoseAttemptAsync(error, "upstream_error");
                break;
            default:
                await RunAsync(new ContextCommand.UpstreamFailed(error));
                break;
        }
    }

    private async Task OnSilentAsync()
    {
        var isEndDue = _log!.IsFlushDue || _state.Phase == ContextPhase.Draining;
        if (!isEndDue && !IsSpeechOwed())
        {
            return;
        }

        var attempt = _attempt!;
        pool.OnSilent(attempt.Key);
        attempt.Cancel();
        await LoseAttemptAsync(ErrorCatalogue.UpstreamSilent, Silence);
    }

    // Nothing has to end: it may be waiting for more text, rightly. It is not when words of what it has were never told; but who said so once before
    // without coming any further since is left in peace.
    private bool IsSpeechOwed()
    {
        var plan = PlanResume();
        return (_lossReason != Silence || IsFurther(plan))
            && UntoldSpeech.IsLeft(_pending.Inputs, _log!.ReadDelivered(_pending.From), mayWaitForWholeWords: _terms!.MaxBufferDelayMs > 0);
    }

    private async Task LoseAttemptAsync(ProtocolError error, string reason, bool isLimited = false)
    {
        _attempt = null;
        _log!.EndAttempt();
        var plan = PlanResume();
        _lossesInARow = (IsFurther(plan) ? 0 : _lossesInARow) + (isLimited ? 0 : 1);
        _reached = Reached(plan);
        _lastError = error;

        // One that is refused a place again and again has been waiting all the time.
        _waitingSince = isLimited ? _waitingSince : null;
        if (_lossesInARow >= MostLossesInARow)
        {
            await RunAsync(new ContextCommand.UpstreamFailed(error));
            return;
        }

        await ResumeAsync(plan, reason);
    }

    private ResumePlan PlanResume()
    {
        var log = _log!;
        _pending.Finish(log.Segment);
        var mode = upstreams.Get(_upstream ?? catalogue.Of(_key.Tenant)[0]).Resume;
        return ResumePlan.Of(_pending.Inputs, _pending.ConfigBefore, log.ReadDelivered(_pending.From), mode);
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

        Counted?.Seam(_upstream!, plan.Kind, _lossReason);
        _recording!.Add(new ManifestSeam(plan.Segment, Math.Round(_log!.Format.DurationOf(plan.SegmentBytes).TotalMilliseconds, 3), _lossReason)
        {
            Kind = plan.Kind,
            Attempt = _attempts,
            Upstream = _upstream,
        });
        LogResumed(logger, _key, _attempts, _upstream!, plan.Kind, _lossReason);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Context {ContextKey} goes on with attempt {Attempt} at upstream {Upstream} ({Kind}) after {Reason}")]
    private static partial void LogResumed(ILogger logger, ContextKey contextKey, int attempt, string upstream, SeamKind kind, string reason);
}
