namespace TtsGrains.Archive.Stores;

/// <summary>
/// Runs blocking disk operations on a few threads of its own. A flush to the disk takes long: on the thread pool it would hold up threads that pass audio on, and
/// a thread for each operation costs more than the operation.
/// </summary>
internal sealed class DiskScheduler : TaskScheduler
{
    private const int MaxThreads = 4;

    private readonly Queue<Task> _waiting = new();
    private int _threads;
    private int _idle;

    private DiskScheduler()
    {
    }

    /// <summary>The only one of the process: its operations share the machine's disk.</summary>
    public static DiskScheduler Shared { get; } = new();

    public override int MaximumConcurrencyLevel => MaxThreads;

    /// <summary>Runs a blocking operation.</summary>
    /// <returns>Its result. What awaits it continues elsewhere.</returns>
    public static Task<T> RunAsync<T>(Func<T> operation, CancellationToken cancellationToken)
        => Task.Factory.StartNew(operation, cancellationToken, TaskCreationOptions.DenyChildAttach, Shared);

    /// <summary>Runs a blocking operation.</summary>
    public static Task RunAsync(Action operation, CancellationToken cancellationToken)
        => Task.Factory.StartNew(operation, cancellationToken, TaskCreationOptions.DenyChildAttach, Shared);

    protected override void QueueTask(Task task)
    {
        lock (_waiting)
        {
            _waiting.Enqueue(task);
            if (_waiting.Count <= _idle || _threads == MaxThreads)
            {
                Monitor.Pulse(_waiting);
                return;
            }

            _threads++;
        }

        new Thread(Run) { IsBackground = true, Name = "tts disk" }.Start();
    }

    // A caller that waits for a disk operation must not run it itself.
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_waiting)
        {
            return [.. _waiting];
        }
    }

    private void Run()
    {
        while (true)
        {
            TryExecuteTask(Take());
        }
    }

    private Task Take()
    {
        lock (_waiting)
        {
            while (_waiting.Count == 0)
            {
                _idle++;
                Monitor.Wait(_waiting);
                _idle--;
            }

            return _waiting.Dequeue();
        }
    }
}
