namespace Orleans.Runtime;

/// <summary>Runs the turns of one target, one at a time, on the thread pool: starts of requests, continuations, cancellations.</summary>
internal sealed class TurnScheduler(RequestTarget owner) : TaskScheduler, IThreadPoolWorkItem
{
    /// <summary>After so many turns the thread goes to somebody else first.</summary>
    private const int TurnsPerVisit = 64;

    private static readonly Action<object?> DrainTurns = static self => ((TurnScheduler)self!).Drain();

    private readonly Queue<object> _turns = new();
    private readonly Lock _lock = new();
    private bool _scheduled;
    private int _drainingThread;

    public RequestTarget Owner => owner;

    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Adds a turn: a <see cref="Request"/> to start, a task to go on with, or a source to cancel.</summary>
    public void Enqueue(object turn)
    {
        lock (_lock)
        {
            _turns.Enqueue(turn);
            if (_scheduled)
            {
                return;
            }

            _scheduled = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
    }

    public void Execute()
    {
        // A task of this scheduler, so that TaskScheduler.Current is right in every turn, also those that are not tasks themselves.
        _drainingThread = Environment.CurrentManagedThreadId;
        new Task(DrainTurns, this, TaskCreationOptions.DenyChildAttach).RunSynchronously(this);
        _drainingThread = 0;

        lock (_lock)
        {
            if (_turns.Count == 0)
            {
                _scheduled = false;
                return;
            }
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    protected override void QueueTask(Task task) => Enqueue(task);

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued)
        => !taskWasPreviouslyQueued && _drainingThread == Environment.CurrentManagedThreadId && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_lock)
        {
            return [.. _turns.OfType<Task>()];
        }
    }

    private void Drain()
    {
        for (var i = 0; i < TurnsPerVisit; i++)
        {
            object? turn;
            lock (_lock)
            {
                if (!_turns.TryDequeue(out turn))
                {
                    return;
                }
            }

            switch (turn)
            {
                case Request request:
                    request.Run();
                    break;
                case Task task:
                    TryExecuteTask(task);
                    break;
                case CancellationTokenSource cancelled:
                    Cancel(cancelled);
                    break;
            }
        }
    }

    private void Cancel(CancellationTokenSource source)
    {
        try
        {
            source.Cancel();
        }
        catch (AggregateException exception)
        {
            owner.Silo.Log.CancellationCallbackFailed(exception);
        }
    }
}
