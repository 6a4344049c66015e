using Microsoft.Extensions.Logging;
using TtsGrains.Grains.Archive;
using TtsGrains.Grains.Connections;
using TtsGrains.Grains.Interfaces.Connections;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.Grains.Contexts;

/// <content>The upstream contexts that speak for it, one after the other, and how it goes on when one is lost.</content>
internal sealed partial class ContextGrain
{
    // Upstreams that take text only to drop it, again and again without coming any further, are given up.
    private const int MostLossesInARow = 5;

    private UpstreamAttempt? _attempt;
    private ResumePlan? _plan;
    private string _lossReason = "";
    private string? _upstream;
    private int _attempts;
    private (int From, int Segment, int Words, long Bytes) _reached;
    private int _lossesInARow;

    public Task OnUpstreamAsync(UpstreamNotice notice)
    {
        // Of an attempt that was given up, or of one that has said its last.
        if (notice.Attempt != _attempts || _attempt is null)
        {
            return Task.CompletedTask;
        }

        switch (notice.Event)
        {
            case UpstreamEvent.SegmentSpoken:
                _pending.Finish(_log!.Segment);
                return HandOverAsync(SegmentEnding.Flush);
            case UpstreamEvent.PartSpoken:
                return HandOverAsync(SegmentEnding.Flush, withPart: true);
            case UpstreamEvent.Finished:
                return FinishAttemptAsync();
            case UpstreamEvent.Lost:
                return LoseAttemptAsync(ErrorCatalogue.UpstreamLost);
            case UpstreamEvent.Failed:
                var error = notice.Fault!.ToError();
                return UpstreamErrors.IsRetryable(error) ? LoseAttemptAsync(error) : RunAsync(new ContextCommand.UpstreamFailed(error));
            default:
                throw new ArgumentOutOfRangeException(nameof(notice), notice.Event, "Not an event of an upstream.");
        }
    }

    // It has said all that it had got. What crossed with its end on the wire it had not.
    private Task<ContextFault?> FinishAttemptAsync()
    {
        var log = _log!;
        _attempt = null;
        log.EndAttempt();
        _pending.Finish(log.Segment);
        _pending.Answer(log.Chunks, log.Count);
        _pending.NoteResent(log.Chunks);
        return RunAsync(new ContextCommand.UpstreamFinished(_pending.Inputs));
    }

    private Task<ContextFault?> LoseAttemptAsync(ProtocolError error)
    {
        _attempt = null;
        _log!.EndAttempt();
        var plan = PlanResume();
        var reached = (_pending.From, plan.Segment, plan.Words.Length, plan.SkipBytes);
        _lossesInARow = reached.CompareTo(_reached) > 0 ? 1 : _lossesInARow + 1;
        _reached = reached;
        return _lossesInARow < MostLossesInARow ? ResumeAsync(plan, error.Code ?? "upstream_error") : RunAsync(new ContextCommand.UpstreamFailed(error));
    }

    private ResumePlan PlanResume()
    {
        var log = _log!;
        _pending.Finish(log.Segment);
        return ResumePlan.Of(_pending.Inputs, _pending.ConfigBefore, log.ReadDelivered(_pending.From), upstreams.Get(UpstreamOptions.Main).Resume);
    }

    // Another upstream context says what was not said yet.
    private Task<ContextFault?> ResumeAsync(ResumePlan plan, string reason)
    {
        (_plan, _lossReason) = (plan, reason);
        _pending.NoteResent(_log!.Chunks);
        return RunAsync(new ContextCommand.UpstreamLost(plan.Inputs));
    }

    private async Task SendAsync(ContextInput input)
    {
        if (_attempt is not null)
        {
            // When it has ended, the notice of that is on its way here: then this is sent again, behind what else was not spoken.
            await _attempt.SendAsync(input);
            return;
        }

        var (plan, log) = (_plan, _log!);
        _plan = null;
        log.BeginAttempt(++_attempts, plan);
        if (plan is null)
        {
            // What was set for one text holds for those behind it; this upstream knows of none.
            input = input with { GenerationConfig = _pending.Config };
        }

        try
        {
            _attempt = await UpstreamAttempt.OpenAsync(_attempts, _key, _terms!, upstreams.Get(UpstreamOptions.Main), input, pool, GrainFactory);
            _upstream = UpstreamOptions.Main;
            NoteSeam(plan);
        }
        catch (UpstreamUnavailableException)
        {
            await RunAsync(new ContextCommand.UpstreamFailed(ErrorCatalogue.UpstreamUnavailable));
        }
    }

    private void NoteSeam(ResumePlan? plan)
    {
        if (plan is null)
        {
            return;
        }

        instruments.Seam(_upstream!, plan.Kind);
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
