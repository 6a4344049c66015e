using TtsGrains.PushStreams.Messages;

namespace TtsGrains.PushStreams.Queues;

/// <summary>What became of a message that was offered to a queue.</summary>
internal enum Enqueued : byte
{
    None = 0,

    /// <summary>It will be delivered in its turn.</summary>
    Accepted = 1,

    /// <summary>There was no room as long as the publisher would wait.</summary>
    Full = 2,

    /// <summary>The queue is full and has no reader.</summary>
    Unattended = 3,

    /// <summary>The queue has moved on from here.</summary>
    Moved = 4,
}

/// <summary>
/// One bounded queue with many publishers and one receiver, which waits for messages. A message gets its number when it leaves: that is the order in
/// which the receiver sees them. What has left stays known until it is delivered, so that a receiver which follows another gets it again.
/// Thread-safe: publishers and the receiver on its silo use it directly.
/// </summary>
internal sealed class PushQueue
{
    private readonly Lock _gate = new();
    private readonly int _capacity;
    private readonly TimeSpan _lease;
    private readonly TimeProvider _time;
    private readonly Queue<PushMessage> _waiting;
    private readonly LinkedList<Publisher> _publishers = [];
    private readonly Queue<NumberedMessage> _underWay;
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isAwaited;
    private int _endedWaits;
    private bool _isClosed;
    private long _lastNumber;
    private long _lastTaken;
    private Guid _holder;
    private long _holderSeen;

    /// <summary>Creates an empty queue, or one with what another had.</summary>
    /// <param name="capacity">How many messages may wait.</param>
    /// <param name="lease">How long a receiver that says nothing keeps the queue for itself.</param>
    /// <param name="time">The clock.</param>
    /// <param name="contents">What another had.</param>
    public PushQueue(int capacity, TimeSpan lease, TimeProvider time, QueueContents? contents = null)
    {
        _capacity = capacity;
        _lease = lease;
        _time = time;

        // Ticks of the clock: far ahead of what a queue that was lost has counted up from its own start.
        _lastNumber = Math.Max(contents?.LastNumber ?? 0, time.GetUtcNow().UtcTicks);
        _waiting = new Queue<PushMessage>(contents?.Waiting ?? []);
        _underWay = new Queue<NumberedMessage>(contents?.UnderWay ?? []);
        _lastTaken = contents?.UnderWay.LastOrDefault().Number ?? 0;
        _holder = contents?.Holder ?? Guid.Empty;
        _holderSeen = time.GetTimestamp();
    }

    /// <summary>Puts a message into the queue; waits for room when there is none, behind those who wait already.</summary>
    public ValueTask<Enqueued> EnqueueAsync(PushMessage message, TimeSpan patience)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return ValueTask.FromResult(Enqueued.Moved);
            }

            if (_waiting.Count == _capacity)
            {
                return WaitForCapacityAsync(_publishers.AddLast(new Publisher(message)), patience);
            }

            _waiting.Enqueue(message);
        }

        Tell();
        return ValueTask.FromResult(Enqueued.Accepted);
    }

    /// <summary>Takes what there is, at once.</summary>
    public DequeueAnswer Take(DequeueRequest request)
    {
        lock (_gate)
        {
            if (_isClosed || !Hold(request.Receiver))
            {
                return DequeueAnswer.None;
            }

            while (_underWay.TryPeek(out var oldest) && oldest.Number <= request.Delivered)
            {
                _underWay.Dequeue();
            }

            return new DequeueAnswer(TakeMessages(request), IsHeld: true);
        }
    }

    /// <summary>Takes what there is as soon as there is something.</summary>
    /// <param name="request">Who asks for how much.</param>
    /// <param name="wait">How long to wait for the first message.</param>
    /// <param name="cancellationToken">Ends the wait; nothing is taken then.</param>
    /// <returns>Messages, or none when none came or the wait was ended. Never throws for that.</returns>
    public async ValueTask<DequeueAnswer> TakeAsync(DequeueRequest request, TimeSpan wait, CancellationToken cancellationToken)
    {
        var begun = _time.GetTimestamp();
        var endedWaits = Volatile.Read(ref _endedWaits);
        var wasRefused = false;
        while (true)
        {
            // Looked at before the queue, so that what comes after the look ends the wait.
            var news = Listen();
            var answer = Take(request);
            var rest = wait - _time.GetElapsedTime(begun);
            var isNewlyHeld = answer.IsHeld && wasRefused;
            var isEnded = cancellationToken.IsCancellationRequested || _isClosed || endedWaits != Volatile.Read(ref _endedWaits);
            if (answer.Messages.Length > 0 || isNewlyHeld || request.Count == 0 || rest <= TimeSpan.Zero || isEnded)
            {
                return answer;
            }

            wasRefused = !answer.IsHeld;

            // Another's lease may end without any news.
            var longest = answer.IsHeld || rest < _lease ? rest : _lease;
            await news.WaitAsync(longest, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    /// <summary>The receiver leaves: the next one need not wait for its lease to end.</summary>
    public void Release(Guid receiver, long delivered)
    {
        lock (_gate)
        {
            if (_holder != receiver)
            {
                return;
            }

            while (_underWay.TryPeek(out var oldest) && oldest.Number <= delivered)
            {
                _underWay.Dequeue();
            }

            _holder = Guid.Empty;
        }

        Tell();
    }

    /// <summary>Ends all waits, for a message or for capacity; their callers have to ask again.</summary>
    public void EndWaits()
    {
        Interlocked.Increment(ref _endedWaits);
        RefusePublishers();
        Tell();
    }

    /// <summary>Takes no more and gives no more. Publishers that wait for room are told to look elsewhere.</summary>
    /// <returns>What was in it.</returns>
    public QueueContents Close()
    {
        QueueContents contents;
        lock (_gate)
        {
            _isClosed = true;
            contents = new QueueContents(_lastNumber, _holder, [.. _underWay], [.. _waiting]);
            _waiting.Clear();
            _underWay.Clear();
        }

        RefusePublishers();
        Tell();
        return contents;
    }

    // One that has it keeps it until it leaves or is silent for too long: two at a time would mix up the order.
    private bool Hold(Guid receiver)
    {
        if (_holder != receiver && _holder != Guid.Empty && _time.GetElapsedTime(_holderSeen) < _lease)
        {
            return false;
        }

        _holder = receiver;
        _holderSeen = _time.GetTimestamp();
        return true;
    }

    private NumberedMessage[] TakeMessages(DequeueRequest request)
    {
        if (request.Count == 0)
        {
            return [];
        }

        if (_underWay.Count > 0 && _lastTaken > request.Received)
        {
            return [.. _underWay.Where(message => message.Number > request.Received).Take(request.Count)];
        }

        // A receiver that has seen greater numbers, from a silo whose clock was ahead, must not see smaller ones.
        _lastNumber = Math.Max(_lastNumber, request.Received);
        var taken = new NumberedMessage[Math.Min(_waiting.Count, request.Count)];
        for (var i = 0; i < taken.Length; i++)
        {
            taken[i] = new NumberedMessage(++_lastNumber, _waiting.Dequeue());
            _underWay.Enqueue(taken[i]);
            _lastTaken = _lastNumber;
        }

        while (_waiting.Count < _capacity && _publishers.First is { } first)
        {
            _publishers.RemoveFirst();
            _waiting.Enqueue(first.Value.Message);
            first.Value.Room.TrySetResult(Enqueued.Accepted);
        }

        return taken;
    }

    private async ValueTask<Enqueued> WaitForCapacityAsync(LinkedListNode<Publisher> publisher, TimeSpan patience)
    {
        var room = publisher.Value.Room.Task;
        await ((Task)room).WaitAsync(patience, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        lock (_gate)
        {
            if (publisher.List is not null)
            {
                _publishers.Remove(publisher);
                return _holder == Guid.Empty ? Enqueued.Unattended : Enqueued.Full;
            }
        }

        return await room;
    }

    private void RefusePublishers()
    {
        Publisher[] publishers;
        lock (_gate)
        {
            publishers = [.. _publishers];
            _publishers.Clear();
        }

        Array.ForEach(publishers, publisher => publisher.Room.TrySetResult(Enqueued.Moved));
    }

    private Task Listen()
    {
        lock (_gate)
        {
            _isAwaited = true;
            return _news.Task;
        }
    }

    private void Tell()
    {
        TaskCompletionSource news;
        lock (_gate)
        {
            if (!_isAwaited)
            {
                return;
            }

            news = _news;
            _news = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _isAwaited = false;
        }

        news.TrySetResult();
    }

    private sealed class Publisher(PushMessage message)
    {
        public PushMessage Message => message;

        public TaskCompletionSource<Enqueued> Room { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
