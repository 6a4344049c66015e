namespace TtsGrains.Client.Events;

/// <summary>The events of one context that wait for its reader. Bounded by bytes; one writer, one reader.</summary>
internal sealed class EventQueue(long room)
{
    // What an event without audio takes in memory, roughly.
    private const int EventBytes = 128;

    private readonly Lock _gate = new();
    private readonly Queue<TtsEvent> _events = new();
    private TaskCompletionSource _changed = NewSignal();
    private TaskCompletionSource _taken = NewSignal();
    private long _bytes;
    private bool _isEnded;
    private TtsException? _failure;

    /// <summary>Adds an event. False when there is no room; one that is larger than all the room fits an empty queue.</summary>
    public bool TryAdd(TtsEvent item)
    {
        lock (_gate)
        {
            if (_isEnded)
            {
                return true;
            }

            var size = SizeOf(item);
            if (_events.Count > 0 && _bytes + size > room)
            {
                return false;
            }

            _bytes += size;
            _events.Enqueue(item);
            Wake(ref _changed);
            return true;
        }
    }

    /// <summary>Completes when the next event is taken. To be asked for before <see cref="TryAdd"/>, so that none is missed.</summary>
    public Task Taken
    {
        get
        {
            lock (_gate)
            {
                return _taken.Task;
            }
        }
    }

    /// <summary>No more events will come; those that wait are still read, then the failure is thrown.</summary>
    public void End(TtsException? failure)
    {
        lock (_gate)
        {
            if (!_isEnded)
            {
                (_isEnded, _failure) = (true, failure);
                Wake(ref _changed);
                Wake(ref _taken);
            }
        }
    }

    /// <summary>Ends at once: what waits is dropped.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            (_isEnded, _failure, _bytes) = (true, null, 0);
            _events.Clear();
            Wake(ref _changed);
            Wake(ref _taken);
        }
    }

    /// <summary>The next event; null when there are no more.</summary>
    /// <exception cref="TtsException">The context failed behind the last event.</exception>
    public async ValueTask<TtsEvent?> TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Task changed;
            lock (_gate)
            {
                if (_events.TryDequeue(out var item))
                {
                    _bytes -= SizeOf(item);
                    Wake(ref _taken);
                    return item;
                }

                if (_isEnded)
                {
                    return _failure is null ? null : throw new TtsException(_failure.Error, _failure);
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static long SizeOf(TtsEvent item) => EventBytes + (item is AudioEvent audio ? audio.Audio.Length : 0);

    private static void Wake(ref TaskCompletionSource signal)
    {
        signal.TrySetResult();
        signal = NewSignal();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
