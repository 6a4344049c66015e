using Microsoft.Extensions.Logging;
using TtsGrains.Grains.Archive;
using TtsGrains.Grains.Calls;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;
using TtsGrains.Grains.Interfaces.Tenants;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.Grains.Contexts;

/// <content>How it ends, and what it hands over to the archive.</content>
internal sealed partial class ContextGrain
{
    private async Task CloseAsync(ContextOutcome outcome, ProtocolError? error)
    {
        _expiry?.Dispose();
        StopWaiting();
        _isCancelled = outcome == ContextOutcome.Cancelled;
        _endedWell = outcome is ContextOutcome.Done or ContextOutcome.Expired;
        var requestId = Guid.NewGuid().ToString();
        if (error is not null)
        {
            LogFailed(logger, this.GetPrimaryKeyString(), error.StatusCode, error.Code, requestId);
        }

        // Under way before the terminal frame is: the client may open its next context as soon as it has that.
        var tenant = GrainFactory.GetGrain<ITenantGrain>(_key.Tenant);
        var released = RepeatedCall.TellAsync(() => tenant.ReleaseAsync(this.GetPrimaryKeyString()), time);
        _log!.Close(outcome, error, _key.Context, requestId);
        Counted?.ContextEnded(outcome.ToString());
        await FinishRecordingAsync(outcome);
        await ReleaseAsync(released);

        // Whoever reads the log may still be behind.
        this.RegisterGrainTimer(OnRetainedAsync, _key.IsWarmUp ? TimeSpan.Zero : options.Value.Retention, Timeout.InfiniteTimeSpan);
    }

    // A host that stops may have stopped the tenant first; there is nothing to give back then. Elsewhere what nobody speaks up for is taken for gone.
    private async Task ReleaseAsync(Task released)
    {
        try
        {
            await released;
        }
        catch (Exception e)
        {
            LogNotReleased(logger, _key, e.Message);
        }
    }

    // What goes wrong here must not keep the context: its tenant waits for the room.
    private async Task FinishRecordingAsync(ContextOutcome outcome)
    {
        try
        {
            await HandOverAsync(ToEnding(outcome));
            if (_isKept)
            {
                (await RecorderAsync()).ContextFinished(_recording!.Summarize(outcome, _upstream, _delivered));
            }
        }
        catch (Exception e)
        {
            LogNotArchived(logger, this.GetPrimaryKeyString(), e);
        }

        try
        {
            var end = _recording!.EndOf(outcome);
            await RepeatedCall.TellAsync(() => Session.OnClosedAsync(this.GetPrimaryKeyString(), _log!.Count, end), time);
        }
        catch (Exception e)
        {
            // The same holds of the session of a host that stops.
            LogNotTold(logger, _key, e.Message);
        }
    }

    // What the owner has not got would be spoken anew, and perhaps not the same, if this silo died: it is archived when it is the truth.
    private async Task HandOverAsync(SegmentEnding ending, bool withPart = false)
    {
        if (!withPart && !_log!.HasFinishedSegments)
        {
            return;
        }

        await (_feed?.WhenDeliveredAsync() ?? Task.CompletedTask);
        _recording!.HandOver(_isKept ? await RecorderAsync() : null, ending, withPart);
    }

    private async Task<ContextRecorder> RecorderAsync() => _recorder ??= archive.Begin(new ContextIdentity(
        _key.Tenant,
        _key.Session,
        _key.Context,
        (await PlaceAsync()).Ordinal,
        _terms!.VoiceId,
        _terms.ModelId,
        _terms.Language ?? _terms.Locale,
        _terms.Format,
        _openedAt)
    { Reference = _terms.Reference, WasReopened = _wasReopened });

    private async Task<SessionPlace> PlaceAsync()
    {
        try
        {
            return await _place;
        }
        catch (Exception e)
        {
            // The session's storage may have been away; the place is the same the second time.
            LogNoPlace(logger, this.GetPrimaryKeyString(), e);
            return await (_place = TakePlaceAsync());
        }
    }

    private static SegmentEnding ToEnding(ContextOutcome outcome) => outcome switch
    {
        ContextOutcome.Done => SegmentEnding.Done,
        ContextOutcome.Cancelled => SegmentEnding.Cancelled,
        ContextOutcome.Error => SegmentEnding.Error,
        ContextOutcome.Expired => SegmentEnding.Expired,
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "Not an outcome."),
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "Context {ContextKey} ended with error {StatusCode} {ErrorCode}, request {RequestId}")]
    private static partial void LogFailed(ILogger logger, string contextKey, int statusCode, string? errorCode, string requestId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The session of context {ContextKey} could not be told that it is over: {Reason}")]
    private static partial void LogNotTold(ILogger logger, ContextKey contextKey, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Context {ContextKey} could not be handed to the archive")]
    private static partial void LogNotArchived(ILogger logger, string contextKey, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Context {ContextKey} could not give back the room that it took: {Reason}")]
    private static partial void LogNotReleased(ILogger logger, ContextKey contextKey, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Context {ContextKey} got no place in its session at first")]
    private static partial void LogNoPlace(ILogger logger, string contextKey, Exception exception);
}
