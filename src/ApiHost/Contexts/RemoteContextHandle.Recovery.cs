using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Contexts;

/// <content>What is done when the context's silo does not answer, or has lost it.</content>
internal sealed partial class RemoteContextHandle
{
    private static readonly TimeSpan RecoveryPatience = TimeSpan.FromSeconds(60);

    // Calls that are sent before the cluster knows that a silo is dead get no answer; a busy silo answers late.
    private static readonly TimeSpan FirstAnswerTimeout = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan MaxAnswerTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan CheckTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan OpeningPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan LongSilence = TimeSpan.FromMilliseconds(500);

    // Shorter than contexts that have ended stay on their silos.
    private static readonly TimeSpan KeptAfterEnd = TimeSpan.FromSeconds(5);

    private TaskCompletionSource _doubt = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _heardAt;
    private int _opening;
    private int _framesDue;
    private int _isChecking;
    private volatile bool _isOpening;

    /// <summary>
    /// Whether it is time to ask after the context: nothing was heard of it for a while; or it is over, and its silo has had the time to put it where
    /// its own death does not take it along.
    /// </summary>
    public bool IsCheckDue => Silence > (_log.IsClosed ? KeptAfterEnd : LongSilence);

    private TimeSpan Silence => _time.GetElapsedTime(Volatile.Read(ref _heardAt));

    /// <summary>Asks the context's silo whether the context is still there, and whether all its frames are here.</summary>
    public async Task CheckAsync()
    {
        if (IsReleased || Interlocked.Exchange(ref _isChecking, 1) == 1)
        {
            return;
        }

        try
        {
            var isOver = _log.IsClosed && IsCheckDue;
            if (!await IsThereAsync())
            {
                _watch.Alarm();
                Doubt();
            }
            else if (isOver)
            {
                Release();
            }
        }
        finally
        {
            Volatile.Write(ref _isChecking, 0);
        }
    }

    private async Task<bool> IsThereAsync()
    {
        try
        {
            var seen = _log.Count;
            if (await _grain.ReadAsync(0, maxFrames: 0).WaitAsync(CheckTimeout, _time) is { } length)
            {
                // Frames may be on their way; those that were there when it was asked last are not.
                var isStuck = seen < _framesDue;
                _framesDue = isStuck ? 0 : length.Count;

                // Once it is over, the time that it is kept runs from its end.
                if (!isStuck && !_log.IsClosed)
                {
                    Heard();
                }

                return !isStuck;
            }

            // One that is being opened has no log at first.
            return IsReleased || (_isOpening && Silence < OpeningPatience);
        }
        catch (Exception e) when (IsLoss(e))
        {
            return false;
        }
    }

    private void OnFrames()
    {
        Heard();
        if (_key.IsWarmUp && _log.IsClosed)
        {
            Release();
        }
    }

    private void Heard() => Volatile.Write(ref _heardAt, _time.GetTimestamp());

    private void Doubt()
    {
        _doubt.TrySetResult();
        _ = RecoverInTurnAsync();
    }

    private bool TryMove()
    {
        if (IsReleased)
        {
            return false;
        }

        Doubt();
        return true;
    }

    private async Task RecoverInTurnAsync()
    {
        await _gate.WaitAsync();
        try
        {
            // A call that was under way may have seen to it.
            if (_doubt.Task.IsCompleted)
            {
                await RecoverAsync();
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    // What a call was to bring about, the recovery does: the context gets all pushes that it has not had.
    private async Task<T?> CallAsync<T>(Func<Task<T?>> call)
    {
        await _gate.WaitAsync();
        try
        {
            if (await TryAsync(call()) is { } done)
            {
                return await done;
            }

            await RecoverAsync();
            return default;
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task CallTwiceAsync(Func<Task> call)
    {
        await _gate.WaitAsync();
        try
        {
            if (await TryAsync(call()) is null)
            {
                await RecoverAsync();
                await call();
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <returns>The call, which has ended, well or with an error of its own; null when it was lost.</returns>
    private async Task<TTask?> TryAsync<TTask>(TTask call)
        where TTask : Task
    {
        await Task.WhenAny(call, _doubt.Task);
        return call.IsCompleted && !(call.Exception?.InnerException is { } e && IsLoss(e)) ? call : null;
    }

    private async Task RecoverAsync()
    {
        var since = _time.GetTimestamp();
        var patience = FirstAnswerTimeout;
        while (!IsReleased)
        {
            try
            {
                if (await TryRestoreAsync(patience))
                {
                    break;
                }
            }
            catch (Exception e) when (IsLoss(e) && _time.GetElapsedTime(since) < RecoveryPatience)
            {
                LogAway(_logger, _key, e);
                patience = patience * 2 < MaxAnswerTimeout ? patience * 2 : MaxAnswerTimeout;
                await Task.Delay(RetryDelay, _time);
            }
            catch (Exception e)
            {
                var requestId = Guid.NewGuid().ToString();
                LogGivenUp(_logger, _key, requestId, e);
                _log.End(ErrorCatalogue.ContextLost, _key.Context, requestId);
            }
        }

        Heard();
        _doubt = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var took = _time.GetElapsedTime(since);
        LogGoesOn(_logger, _key, took);
    }

    private async Task<bool> TryRestoreAsync(TimeSpan patience)
    {
        var frames = _log.TurnTo(++_opening);
        var request = new RestoreRequest
        {
            Settings = _settings!,
            Inputs = _inputs,
            Frames = frames,
            Epoch = _epoch,
            Opening = _opening,
            OpenedAt = _openedAt,
        };
        var answer = await _grain.RestoreAsync(request, _owner!).WaitAsync(patience, _time);
        switch (answer.Result)
        {
            case RestoreOutcome.Superseded:
                _log.Supersede();
                return true;
            case RestoreOutcome.NeedsFrames:
                for (var from = answer.Frames; from < frames;)
                {
                    var batch = _log.Read(_key.ToString(), from, frames);
                    await _grain.RestoreFramesAsync(batch).WaitAsync(patience, _time);
                    from = batch.To;
                }

                return false;
            default:
                return true;
        }
    }

    private static bool IsLoss(Exception e) => e is OrleansException or TimeoutException or SiloDrainingException or ContextGoneException;

    [LoggerMessage(Level = LogLevel.Debug, Message = "Context {ContextKey} cannot be reached yet")]
    private static partial void LogAway(ILogger logger, ContextKey contextKey, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Context {ContextKey} is there again after {Time}")]
    private static partial void LogGoesOn(ILogger logger, ContextKey contextKey, TimeSpan time);

    [LoggerMessage(Level = LogLevel.Error, Message = "Context {ContextKey} is lost, request {RequestId}")]
    private static partial void LogGivenUp(ILogger logger, ContextKey contextKey, string requestId, Exception exception);

    private sealed class ContextGoneException : Exception;
}
