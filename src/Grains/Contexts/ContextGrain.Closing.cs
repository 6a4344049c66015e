using Microsoft.Extensions.Logging;
using TtsGrains.Archive.Writing;
using TtsGrains.Grains.Calls;
using TtsGrains.Grains.Interfaces;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.Grains.Contexts;

/// <content>How it ends, and what it hands over to the archive.</content>
internal sealed partial class ContextGrain
{
    private static readonly TimeSpan OwnerCheckTimeout = TimeSpan.FromSeconds(10);

    private Task _archiving = Task.CompletedTask;
    private Task _finishing = Task.CompletedTask;
    private SegmentEnding _ending;
    private bool _isPartDue;

    private async Task CloseAsync(ContextOutcome outcome, ProtocolError? error)
    {
        _expiry?.Dispose();
        StopWaiting();
        _isCancelled = outcome == ContextOutcome.Cancelled;
        _endedWell = outcome is ContextOutcome.Done or ContextOutcome.Expired;
        var requestId = Guid.NewGuid().ToString();
        LogEnded(outcome, error, requestId);
        if (error is not null)
        {
            _telemetry?.Failed(error, requestId);
        }

        // Under way before the terminal frame is: the client may open its next context as soon as it has that.
        var released = StartRelease();
        _log!.Close(outcome, error, _key.Context, requestId);
        _telemetry?.Ended(outcome, requestId, _recording!.Characters, _log.Format.DurationOf(_log.AudioBytes));
        _finishing = FinishRecordingAsync(outcome);
        await ReleaseAsync(released);
    }

    // Errors of the client are no fault of the service, and a host that stops ends all of its contexts.
    private void LogEnded(ContextOutcome outcome, ProtocolError? error, string requestId)
    {
        var level = error is null || error.Code == ErrorCatalogue.ShuttingDown.Code ? LogLevel.Debug : error.StatusCode >= 500 ? LogLevel.Warning : LogLevel.Information;
        if (logger.IsEnabled(level))
        {
            var openMs = (long)(time.GetUtcNow() - _openedAt).TotalMilliseconds;
            var audioMs = (long)_log!.Format.DurationOf(_log.AudioBytes).TotalMilliseconds;
            var traceId = TraceSpans.TraceIdOf(_settings!.TraceParent);
            LogEnded(logger, level, _key, outcome, error?.StatusCode, error?.Code, openMs, audioMs, _attempts, requestId, traceId);
        }
    }

    // A host that stops may have stopped the tenant first; then there is nothing to give back. Otherwise the tenant's lease of a context that is not renewed expires.
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
        ArchiveSegments(ToEnding(outcome));
        await _archiving;
        try
        {
            if (await RecorderAsync(isForUsage: true) is { } recorder)
            {
                recorder.ContextFinished(_summary = Summarize(outcome));
            }
            else
            {
                HandOverSent();
            }
        }
        catch (Exception e)
        {
            LogNotArchived(logger, this.GetPrimaryKeyString(), e);
        }

        await LeaveSessionAsync(_recording!.EndOf(outcome));

        AwaitReaders();
    }

    // Readers of the log may be behind. An owner in another process checks once more that the context exists before it releases its replica.
    private void AwaitReaders()
    {
        var retention = options.Value.Retention;
        var atLeast = _replicator is not null && retention < OwnerCheckTimeout ? OwnerCheckTimeout : retention;
        this.RegisterGrainTimer(OnRetainedAsync, _key.IsWarmUp ? TimeSpan.Zero : atLeast, Timeout.InfiniteTimeSpan);
    }

    private async Task LeaveSessionAsync(SessionContextEnd? how)
    {
        try
        {
            await GrainRetry.TellAsync(() => Session.OnClosedAsync(this.GetPrimaryKeyString(), _log?.Count ?? 0, how), time);
        }
        catch (Exception e)
        {
            // A host that stops may have stopped the session first.
            LogNotTold(logger, _key, e.Message);
        }
    }

    // Hands finished segments to the archive without waiting: the context's place in the session may take long, and so may its owner.
    private void ArchiveSegments(SegmentEnding ending, bool withPart = false)
    {
        if (withPart || _log!.HasFinishedSegments)
        {
            (_ending, _isPartDue) = (ending, _isPartDue || withPart);
            if (_archiving.IsCompleted)
            {
                _archiving = ArchiveSegmentsAsync();
            }
        }
    }

    private async Task ArchiveSegmentsAsync()
    {
        try
        {
            while (_isPartDue || _log!.HasFinishedSegments)
            {
                // What the owner has not got would be spoken anew, and perhaps not the same, if this silo died: it is archived when it is the truth.
                await (_replicator?.WhenDeliveredAsync() ?? Task.CompletedTask);
                var recorder = await RecorderAsync();
                var withPart = _isPartDue;
                _isPartDue = false;
                _recording!.HandOver(recorder, _ending, withPart);
            }
        }
        catch (Exception e)
        {
            _isPartDue = false;
            LogNotArchived(logger, this.GetPrimaryKeyString(), e);
        }
    }

    /// <returns>Null when it is not kept, or has no place to be kept in.</returns>
    private async Task<ContextRecorder?> RecorderAsync(bool isForUsage = false)
    {
        if ((!_isKept && (!isForUsage || _key.IsWarmUp)) || await _place is { IsCeded: true })
        {
            return null;
        }

        return _recorder ??= archive.Begin(new ContextIdentity(
            _key.Tenant,
            _key.Session,
            _key.Context,
            (await _place).Ordinal,
            _settings!.VoiceId,
            _settings.ModelId,
            _settings.Language ?? _settings.Locale,
            _settings.Format,
            _openedAt)
        { SessionStartedAt = (await _place).SessionStartedAt, Reference = _settings.Reference, WasReopened = _wasRestored, IsUsageOnly = !_isKept, TraceParent = _settings.TraceParent, KeyId = _settings.KeyId }, _recording!.Sent);
    }

    private static SegmentEnding ToEnding(ContextOutcome outcome) => outcome switch
    {
        ContextOutcome.Done => SegmentEnding.Done,
        ContextOutcome.Cancelled => SegmentEnding.Cancelled,
        ContextOutcome.Error => SegmentEnding.Error,
        ContextOutcome.Expired => SegmentEnding.Expired,
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "Not an outcome."),
    };

    [LoggerMessage(Message = "Context {ContextKey} ended: {Outcome}, error {StatusCode} {ErrorCode}, open for {OpenMs} ms, audio {AudioMs} ms, upstream attempts {Attempts}, request {RequestId}, trace {TraceId}")]
    private static partial void LogEnded(
        ILogger logger,
        LogLevel level,
        ContextKey contextKey,
        ContextOutcome outcome,
        int? statusCode,
        string? errorCode,
        long openMs,
        long audioMs,
        int attempts,
        string requestId,
        string? traceId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The session of context {ContextKey} could not be told that it is over: {Reason}")]
    private static partial void LogNotTold(ILogger logger, ContextKey contextKey, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Context {ContextKey} could not be handed to the archive")]
    private static partial void LogNotArchived(ILogger logger, string contextKey, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Context {ContextKey} could not give back the room that it took: {Reason}")]
    private static partial void LogNotReleased(ILogger logger, ContextKey contextKey, string reason);
}
