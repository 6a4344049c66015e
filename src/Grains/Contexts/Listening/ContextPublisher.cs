using Microsoft.Extensions.Logging;
using Orleans.Streams;
using TtsGrains.Grains.Contexts.Log;
using TtsGrains.Grains.Interfaces.Sessions;
using TtsGrains.Grains.Wakeups;

namespace TtsGrains.Grains.Contexts.Listening;

/// <summary>
/// Publishes the frames of one log to its session's stream, as long as somebody listens. It works outside the grain's turn, one awaited call at
/// a time: what is appended meanwhile goes with the next batch. Who appends never waits for it. What cannot be published is left out; listeners
/// see that by the offsets and read it from the log.
/// </summary>
internal sealed partial class ContextPublisher(
    string contextKey, Func<int> ordinal, ContextLog log, IAsyncStream<FrameBatch> stream, ILogger logger)
    : ILogWatcher, IThreadPoolWorkItem
{
    private const int MostFrames = 64;

    // An event that is long keeps up those behind it, and is copied on its way to another process.
    private const int ManyBytes = 256 * 1024;
    private const int TooManyBytes = 512 * 1024;

    private readonly Lock _gate = new();
    private int _next;
    private bool _hasAudience;
    private bool _hasNews;
    private bool _isRunning;
    private bool _saidComplete;

    /// <summary>Begins to publish, from this offset on.</summary>
    public void Start(int from)
    {
        lock (_gate)
        {
            if (_hasAudience)
            {
                return;
            }

            _hasAudience = true;
            _next = from;
            _saidComplete = false;
        }

        log.Watch(this);
        OnAppended();
    }

    /// <summary>Publishes nothing more.</summary>
    public void Stop()
    {
        log.Unwatch(this);
        lock (_gate)
        {
            _hasAudience = false;
        }
    }

    public void OnAppended()
    {
        lock (_gate)
        {
            _hasNews = true;
            if (_isRunning || !_hasAudience)
            {
                return;
            }

            _isRunning = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute() => _ = PublishAsync();

    private async Task PublishAsync()
    {
        while (TakeBatch() is { } batch)
        {
            try
            {
                await stream.OnNextAsync(batch);
            }
            catch (Exception e)
            {
                LogNotPublished(logger, contextKey, batch.From, batch.To, e);
            }
        }
    }

    private FrameBatch? TakeBatch()
    {
        lock (_gate)
        {
            while (_hasAudience && _hasNews)
            {
                var batch = LogBatches.Read(contextKey, ordinal(), log, _next, MostFrames, ManyBytes);
                _next = batch.To;
                var isLast = batch.IsComplete && batch.To == batch.Count;
                _hasNews = batch.To < batch.Count;
                if (batch.Frames.Length > 0 || (isLast && !_saidComplete))
                {
                    _saidComplete = isLast;
                    return batch.Frames.Any(frame => frame.Frame.Length > TooManyBytes) ? OnlyTold(batch) : batch;
                }
            }

            _isRunning = false;
            return null;
        }
    }

    // That there are frames up to there; listeners read them from the log.
    private static FrameBatch OnlyTold(FrameBatch batch) => batch with { From = batch.To, Frames = [] };

    [LoggerMessage(Level = LogLevel.Warning, Message = "Frames {From} to {To} of context {ContextKey} could not be published to its listeners")]
    private static partial void LogNotPublished(ILogger logger, string contextKey, int from, int to, Exception exception);
}
