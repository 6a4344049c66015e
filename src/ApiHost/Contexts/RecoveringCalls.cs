using System.Diagnostics.CodeAnalysis;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Contexts;

/// <summary>Calls of a context in another process, one at a time. When one is lost, because the silo does not answer or has lost the context, the context is restored.</summary>
/// <param name="key">Names the context.</param>
/// <param name="tryRestore">Restores the context; false to be called again.</param>
/// <param name="isReleased">Whether the context is no longer held: then it is not restored.</param>
/// <param name="onRecovered">Called when it is there again.</param>
/// <param name="log">Ends with an error when it is not.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
[SuppressMessage("Design", "CA1001", Justification = "The semaphore has no handle to free, and a call that is under way ends after its caller.")]
internal sealed partial class RecoveringCalls(
    ContextKey key, Func<TimeSpan, Task<bool>> tryRestore, Func<bool> isReleased, Action onRecovered, LogReplica log, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan RecoveryPatience = TimeSpan.FromSeconds(60);

    // Calls that are sent before the cluster knows that a silo is dead get no answer; a busy silo answers late.
    private static readonly TimeSpan FirstAnswerTimeout = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan MaxAnswerTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim _gate = new(1);
    private TaskCompletionSource _doubt = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether a call failed because the silo, or the context in it, is gone.</summary>
    /// <remarks>No call has a token of ours: Orleans cancels those that it was placing when a silo is lost.</remarks>
    public static bool IsLoss(Exception e)
        => e is OrleansException or TimeoutException or OperationCanceledException or SiloDrainingException or ContextGoneException;

    /// <summary>The context may be gone: calls that are under way do not wait for their answers any more.</summary>
    public void Doubt()
    {
        _doubt.TrySetResult();
        _ = RecoverInTurnAsync();
    }

    /// <summary>Makes a call. What a lost one was to bring about, the recovery does: the context gets all pushes that it has not had.</summary>
    public async Task<T?> CallAsync<T>(Func<Task<T?>> call)
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

    /// <summary>Makes a call, and once more when it was lost.</summary>
    public async Task CallTwiceAsync(Func<Task> call)
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

    /// <summary>Makes a call until the answer is yes.</summary>
    public async Task CallUntilDoneAsync(Func<Task<bool>> call)
    {
        await _gate.WaitAsync();
        try
        {
            while ((await TryAsync(call()) is not { } answered || !await answered) && !isReleased())
            {
                await RecoverAsync();
            }
        }
        finally
        {
            _gate.Release();
        }
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

    /// <returns>The call, which has ended, well or with an error of its own; null when it was lost.</returns>
    private async Task<TTask?> TryAsync<TTask>(TTask call)
        where TTask : Task
    {
        await Task.WhenAny(call, _doubt.Task);
        return call.IsCompleted && !(call.Exception?.InnerException is { } e && IsLoss(e)) ? call : null;
    }

    private async Task RecoverAsync()
    {
        var since = time.GetTimestamp();
        var patience = FirstAnswerTimeout;
        while (!isReleased())
        {
            try
            {
                if (await tryRestore(patience))
                {
                    break;
                }
            }
            catch (Exception e) when (IsLoss(e) && time.GetElapsedTime(since) < RecoveryPatience)
            {
                LogAway(logger, key, e);
                patience = patience * 2 < MaxAnswerTimeout ? patience * 2 : MaxAnswerTimeout;
                await Task.Delay(RetryDelay, time);
            }
            catch (Exception e)
            {
                var requestId = Guid.NewGuid().ToString();
                LogGivenUp(logger, key, requestId, e);
                log.End(ErrorCatalogue.ContextLost, key.Context, requestId);
            }
        }

        onRecovered();
        _doubt = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var took = time.GetElapsedTime(since);
        LogGoesOn(logger, key, took);
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Context {ContextKey} cannot be reached yet")]
    private static partial void LogAway(ILogger logger, ContextKey contextKey, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Context {ContextKey} is there again after {Time}")]
    private static partial void LogGoesOn(ILogger logger, ContextKey contextKey, TimeSpan time);

    [LoggerMessage(Level = LogLevel.Error, Message = "Context {ContextKey} is lost, request {RequestId}")]
    private static partial void LogGivenUp(ILogger logger, ContextKey contextKey, string requestId, Exception exception);
}
