using Microsoft.Extensions.Logging;
using Orleans.Streams;
using TtsGrains.PushStreams.Messages;

namespace TtsGrains.PushStreams.Receiving;

/// <summary>
/// What one agent has taken from its queue and not yet delivered to all who want it, each stream's messages in a line of their own. It also keeps the
/// latest ones for a moment, for subscriptions that are about to begin. Used by its agent only, which does one thing at a time.
/// </summary>
internal sealed partial class PushQueueCache(ProviderParts parts) : IQueueCache
{
    // A subscription that has been accepted takes some calls until it has its place here.
    private const int MostRecent = 256;
    private static readonly TimeSpan RecentTime = TimeSpan.FromSeconds(2);

    private readonly int _mostRecent = Math.Min(MostRecent, parts.Options.CacheCapacity / 2);
    private readonly ILogger _logger = parts.Loggers.CreateLogger<PushQueueCache>();
    private readonly Dictionary<StreamId, StreamBuffer> _lines = [];
    private readonly Queue<CachedMessage> _undelivered = new();
    private readonly Queue<CachedMessage> _recent = new();
    private TaskCompletionSource? _room;
    private bool _isSkipping;

    /// <summary>The number up to which all messages are delivered.</summary>
    public long Delivered { get; private set; }

    /// <summary>How many messages may be added.</summary>
    public int Room => parts.Options.SlowConsumers == SlowConsumers.Skip
        ? parts.Options.CacheCapacity
        : Math.Max(parts.Options.CacheCapacity - _undelivered.Count, 0);

    /// <summary>How many messages of one stream make up one delivery.</summary>
    private int MostInDelivery => parts.IsFiltered ? 1 : parts.Options.BatchSize;

    /// <summary>Completes when there is room, or the time is over, or the wait is ended; never fails.</summary>
    public async Task WhenWritableAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _room.Task.WaitAsync(wait, parts.Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    // The receiver waits for room, instead of the agent coming back again and again to see.
    public int GetMaxAddCount()
    {
        Settle();
        return parts.Options.BatchSize;
    }

    public bool IsUnderPressure() => false;

    public void AddToCache(IList<IBatchContainer> messages)
    {
        var now = parts.Time.GetTimestamp();
        foreach (var batch in messages.Cast<PushBatch>())
        {
            if (!_lines.TryGetValue(batch.StreamId, out var line))
            {
                _lines.Add(batch.StreamId, line = new StreamBuffer());
            }

            var message = new CachedMessage(batch.Messages[0], line, now);
            line.Add(message);
            _undelivered.Enqueue(message);
            _recent.Enqueue(message);
        }

        Settle();
        SkipWhatIsTooMuch();
    }

    // What is delivered goes at once.
    public bool TryPurgeFromCache(out IList<IBatchContainer> purgedItems)
    {
        purgedItems = [];
        return false;
    }

    public IQueueCacheCursor GetCacheCursor(StreamId streamId, StreamSequenceToken? token)
    {
        if (!_lines.TryGetValue(streamId, out var line))
        {
            _lines.Add(streamId, line = new StreamBuffer());
        }

        return new PushQueueCursor(line, token is null ? line.End : line.PositionOf(token.SequenceNumber), MostInDelivery, () => OnMoved(streamId, line));
    }

    private void OnMoved(StreamId streamId, StreamBuffer line)
    {
        SettleLine(streamId, line);
        Settle();
    }

    private void SettleLine(StreamId streamId, StreamBuffer line)
    {
        line.Settle();
        if (line.IsIdle && _lines.GetValueOrDefault(streamId) == line)
        {
            _lines.Remove(streamId);
        }
    }

    /// <summary>Lets go of what is delivered, and of what is no longer recent.</summary>
    private void Settle()
    {
        while (_recent.TryPeek(out var oldest) && (_recent.Count > _mostRecent || parts.Time.GetElapsedTime(oldest.AddedAt) > RecentTime))
        {
            _recent.Dequeue().IsRecent = false;
            SettleLine(oldest.Numbered.Message.StreamId, oldest.Line);
        }

        while (_undelivered.TryPeek(out var oldest) && oldest.IsDelivered)
        {
            Delivered = _undelivered.Dequeue().Number;
        }

        if (_undelivered.Count == 0)
        {
            _isSkipping = false;
        }

        if (_room is not null && Room > 0)
        {
            _room.TrySetResult();
            _room = null;
        }
    }

    private void SkipWhatIsTooMuch()
    {
        var skipped = 0;
        while (parts.Options.SlowConsumers == SlowConsumers.Skip && _undelivered.Count > parts.Options.CacheCapacity)
        {
            var oldest = _undelivered.Peek();
            skipped += oldest.Line.Skip(oldest) ? 1 : 0;
            Settle();
        }

        if (skipped == 0)
        {
            return;
        }

        parts.Instruments.OnSkipped(parts.Name, skipped);
        if (!_isSkipping)
        {
            _isSkipping = true;
            LogSkipping(_logger, parts.Name, parts.Options.CacheCapacity);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Consumers of the push streams {Provider} are more than {Messages} messages behind and lose the oldest")]
    private static partial void LogSkipping(ILogger logger, string provider, int messages);
}
