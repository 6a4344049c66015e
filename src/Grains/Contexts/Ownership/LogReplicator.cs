using Microsoft.Extensions.Logging;
using TtsGrains.Grains.Contexts.Log;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Wakeups;

namespace TtsGrains.Grains.Contexts.Ownership;

/// <summary>
/// Brings the frames of one log to an owner in another process: one call is awaited at a time, and whatever has been appended meanwhile goes with the
/// next. It works outside the grain's turn; who appends never waits for it.
/// </summary>
/// <param name="contextKey">Names the context.</param>
/// <param name="log">The log.</param>
/// <param name="owner">Who gets the frames.</param>
/// <param name="from">The offset of the first one it needs.</param>
/// <param name="opening">Which opening of the context it is; see <see cref="RestoreRequest.Opening"/>.</param>
/// <param name="onLost">Called once when the owner cannot be reached any more.</param>
/// <param name="time">Measures the pauses between tries.</param>
/// <param name="logger">Hears of failures.</param>
internal sealed partial class LogReplicator(
    string contextKey, ContextLog log, IContextOwner owner, int from, int opening, Func<Task> onLost, TimeProvider time, ILogger logger)
    : ILogWatcher, IThreadPoolWorkItem
{
    private const int MostFrames = 64;
    private const int ManyBytes = 256 * 1024;
    private const int MostTries = 5;

    // One that died with its process does not answer; the next owner, or the silo that stops, waits for this.
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromMilliseconds(500);

    // A call through a silo that has just died gets no answer; a repeated batch is harmless.
    private static readonly TimeSpan FirstDeliveryTimeout = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(200);

    private readonly Lock _gate = new();
    private int _next = from;
    private bool _hasNews;
    private bool _isRunning;
    private bool _isStopped;
    private bool _saidComplete;
    private TaskCompletionSource? _delivered;

    public void Start()
    {
        log.Watch(this);
        OnAppended();
    }

    /// <summary>Gives the owner nothing more.</summary>
    public void Stop()
    {
        log.Unwatch(this);
        lock (_gate)
        {
            _isStopped = true;
            _delivered?.TrySetResult();
        }
    }

    /// <summary>Completes when the owner has everything that is in the log now, or gets nothing any more.</summary>
    public async Task WhenDeliveredAsync()
    {
        TaskCompletionSource delivered;
        lock (_gate)
        {
            if (_isStopped || Volatile.Read(ref _next) >= log.Count)
            {
                return;
            }

            delivered = _delivered ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        OnAppended();
        await delivered.Task;
    }

    /// <summary>Another owner has taken over.</summary>
    /// <returns>The offset behind the last frame that this one has written; 0 when it does not say.</returns>
    public async Task<int> SupersedeAsync()
    {
        Stop();
        var written = 0;
        await TryAsync(async () => written = await owner.OnSupersededAsync().WaitAsync(AnswerTimeout, time).ConfigureAwait(false));
        return written;
    }

    /// <summary>The session was erased: the owner drops its copy.</summary>
    public Task EraseAsync()
    {
        Stop();
        return TryAsync(() => owner.OnErasedAsync().WaitAsync(AnswerTimeout, time));
    }

    /// <summary>Tells the owner to go on elsewhere.</summary>
    /// <returns>Whether it will.</returns>
    public async Task<bool> TryMoveAsync()
    {
        var willGoOn = false;
        await TryAsync(async () => willGoOn = await owner.OnMovedAsync().WaitAsync(AnswerTimeout, time).ConfigureAwait(false));
        return willGoOn;
    }

    public void OnAppended()
    {
        lock (_gate)
        {
            _hasNews = true;
            if (_isRunning || _isStopped)
            {
                return;
            }

            _isRunning = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute() => _ = FeedAsync();

    private async Task FeedAsync()
    {
        while (TryTakeBatch(out var first))
        {
            var isDelivered = false;
            var patience = FirstDeliveryTimeout;
            for (var tries = 1; !isDelivered && tries <= MostTries && !_isStopped; tries++, patience *= 2)
            {
                isDelivered = await TryAsync(() => DeliverAsync(first, patience));
                if (!isDelivered)
                {
                    await Task.Delay(RetryDelay, time).ConfigureAwait(false);
                }
            }

            if (!isDelivered && !_isStopped)
            {
                LogLost(logger, contextKey, first);
                Stop();
                await TryAsync(onLost);
            }
        }
    }

    private bool TryTakeBatch(out int first)
    {
        lock (_gate)
        {
            first = _next;
            if (!_isStopped && _hasNews)
            {
                _hasNews = false;
                return true;
            }

            // Nothing was appended since the last of it was delivered.
            _isRunning = false;
            _delivered?.TrySetResult();
            _delivered = null;
            return false;
        }
    }

    private async Task DeliverAsync(int first, TimeSpan patience)
    {
        var batch = LogBatches.Read(contextKey, ordinal: 0, log, first, MostFrames, ManyBytes);
        var isLast = batch.IsComplete && batch.To == batch.Count;
        if (batch.Frames.Length > 0 || (isLast && !_saidComplete))
        {
            // Read behind the frames: a seam comes before the frames that follow it.
            batch = log.Seams is { Length: > 0 } seams ? batch with { Seams = seams } : batch;
            var written = await owner.OnFramesAsync(batch, opening).WaitAsync(patience, time).ConfigureAwait(false);
            if (!_isStopped && written > log.Written)
            {
                log.RecordWritten(written);
            }
        }

        lock (_gate)
        {
            _saidComplete |= isLast;
            _next = batch.To;
            _hasNews |= batch.To < batch.Count;
        }
    }

    private async Task<bool> TryAsync(Func<Task> call)
    {
        try
        {
            await call().ConfigureAwait(false);
            return true;
        }
        catch (Exception e)
        {
            LogFailed(logger, contextKey, e);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "The owner of context {ContextKey} could not be reached")]
    private static partial void LogFailed(ILogger logger, string contextKey, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The owner of context {ContextKey} is gone; it did not get the frames from {Offset} on")]
    private static partial void LogLost(ILogger logger, string contextKey, int offset);
}
