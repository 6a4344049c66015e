using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Orleans.Streams;
using TtsGrains.PushStreams.Messages;
using TtsGrains.PushStreams.Queues;

namespace TtsGrains.PushStreams.Receiving;

/// <summary>
/// Takes the messages of one queue for its agent, and waits when there are none. The queue normally is on the same silo; one that is elsewhere is called
/// here, and asked from afar until it comes. All calls come from the agent, one at a time, but for <see cref="Shutdown"/>.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "It has no handle to free, and a call that is under way may end after the receiver.")]
internal sealed partial class PushQueueReceiver(ProviderParts parts, string key, IPushQueueGrain grain, PushQueueCache cache) : IQueueAdapterReceiver
{
    // A queue that is elsewhere is asked anew this often, so that a silo which hangs is noticed.
    private static readonly TimeSpan LongestRemoteWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RemoteGrace = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan MoveRetryDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(1);

    private readonly Guid _id = Guid.NewGuid();
    private readonly CancellationTokenSource _stopping = new();
    private readonly ILogger _logger = parts.Loggers.CreateLogger<PushQueueReceiver>();
    private long _received;
    private long? _calledAt;
    private TimeSpan _retry = FirstRetry;

    public async Task Initialize(TimeSpan timeout)
    {
        // Asks for nothing, so that the queue comes to life here, before anyone publishes.
        try
        {
            await DequeueFromGrainAsync(count: 0, TimeSpan.Zero, _stopping.Token).AsTask().WaitAsync(timeout, parts.Time, _stopping.Token);
        }
        catch (Exception e)
        {
            LogNotReached(_logger, key, e);
        }
    }

    public Task<IList<IBatchContainer>> GetQueueMessagesAsync(int maxCount) => GetQueueMessagesAsync(maxCount, CancellationToken.None);

    public async Task<IList<IBatchContainer>> GetQueueMessagesAsync(int maxCount, CancellationToken cancellationToken)
    {
        parts.Instruments.OnPolled(parts.Name);
        var most = maxCount > 0 ? Math.Min(maxCount, parts.Options.BatchSize) : parts.Options.BatchSize;

        // What is there already needs no waiting.
        if (!_stopping.IsCancellationRequested && parts.Local.Find(key)?.Take(Request(Math.Min(most, cache.Room))) is { Messages.Length: > 0 } answer)
        {
            return Receive(answer.Messages);
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        try
        {
            if (cache.Room == 0)
            {
                await cache.WhenWritableAsync(parts.Options.PollWait, ended.Token);
            }

            return Receive((await TakeAsync(Math.Min(most, cache.Room), ended.Token)).Messages);
        }
        catch (Exception) when (ended.IsCancellationRequested)
        {
            return [];
        }
        catch (Exception e)
        {
            // Its silo was lost, or it moves: the agent must not stop asking for that.
            LogNotReached(_logger, key, e);
            await Task.Delay(_retry, parts.Time, ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            _retry = _retry * 2 < LongestRetry ? _retry * 2 : LongestRetry;
            return [];
        }
    }

    // What is delivered the cache knows itself, and earlier.
    public Task MessagesDeliveredAsync(IList<IBatchContainer> messages) => Task.CompletedTask;

    public async Task Shutdown(TimeSpan timeout)
    {
        await _stopping.CancelAsync();
        if (parts.Local.Find(key) is { } queue)
        {
            queue.Release(_id, cache.Delivered);
            return;
        }

        try
        {
            await grain.ReleaseAsync(_id, cache.Delivered).WaitAsync(timeout, parts.Time);
        }
        catch (Exception e)
        {
            // The lease on the queue expires.
            LogNotReached(_logger, key, e);
        }
    }

    private async ValueTask<DequeueAnswer> TakeAsync(int count, CancellationToken cancellationToken)
    {
        if (parts.Local.Find(key) is { } queue)
        {
            return await queue.TakeAsync(Request(count), parts.Options.PollWait, cancellationToken);
        }

        var wait = parts.Options.PollWait < LongestRemoteWait ? parts.Options.PollWait : LongestRemoteWait;
        var answer = await DequeueFromGrainAsync(count, wait, cancellationToken);
        _retry = FirstRetry;
        return answer;
    }

    private async ValueTask<DequeueAnswer> DequeueFromGrainAsync(int count, TimeSpan wait, CancellationToken cancellationToken)
    {
        parts.Instruments.OnAskedElsewhere(parts.Name);
        var answer = await grain.TakeAsync(Request(count), wait, cancellationToken).WaitAsync(wait + RemoteGrace, parts.Time, cancellationToken);
        if (answer.IsHeld && !parts.Local.IsLeaving && parts.Local.Find(key) is null && (_calledAt is not { } calledAt || parts.Time.GetElapsedTime(calledAt) >= MoveRetryDelay))
        {
            _calledAt = parts.Time.GetTimestamp();
            await grain.MoveAsync(parts.Here!).WaitAsync(RemoteGrace, parts.Time, cancellationToken);
        }

        return answer;
    }

    private DequeueRequest Request(int count) => new(_id, _received, cache.Delivered, count);

    private IBatchContainer[] Receive(NumberedMessage[] messages)
    {
        if (messages.Length == 0)
        {
            return [];
        }

        _received = messages[^1].Number;
        parts.Instruments.OnTaken(parts.Name, messages.Length);
        return Array.ConvertAll<NumberedMessage, IBatchContainer>(messages, message => new PushBatch(message));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The push stream queue {QueueKey} could not be reached; it is tried again")]
    private static partial void LogNotReached(ILogger logger, string queueKey, Exception exception);
}
