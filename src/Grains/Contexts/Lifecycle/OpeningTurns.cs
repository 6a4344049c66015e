namespace TtsGrains.Grains.Contexts.Lifecycle;

/// <summary>
/// Runs the opening of a context before its grain is active: at once, on the caller's thread, as far as it gets without waiting. What follows is run as turns of
/// the grain, once there is one. So the context is never run by two threads at a time.
/// </summary>
internal sealed class OpeningTurns : TaskScheduler
{
    private readonly Lock _gate = new();
    private readonly Queue<Task> _waiting = new();
    private TaskScheduler? _grain;
    private Task? _opening;

    /// <summary>Runs the opening. Call it once.</summary>
    /// <returns>Completes when the opening does, which may be long after this call.</returns>
    public Task<T> Run<T>(Func<Task<T>> opening)
    {
        var task = new Task<Task<T>>(opening);
        _opening = task;
        task.RunSynchronously(this);
        return task.Unwrap();
    }

    /// <summary>From now on everything is run there, beginning with what waits.</summary>
    /// <param name="grain">Runs one task at a time.</param>
    public void HandOver(TaskScheduler grain)
    {
        lock (_gate)
        {
            _grain = grain;
            while (_waiting.TryDequeue(out var task))
            {
                Forward(task, grain);
            }
        }
    }

    protected override void QueueTask(Task task)
    {
        lock (_gate)
        {
            if (_grain is null)
            {
                _waiting.Enqueue(task);
                return;
            }
        }

        Forward(task, _grain);
    }

    // Else only from a task that it is running itself, on the same turn.
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued)
        => (task == _opening || (!taskWasPreviouslyQueued && Current == this)) && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_gate)
        {
            return [.. _waiting];
        }
    }

    private void Forward(Task task, TaskScheduler grain) => _ = Task.Factory.StartNew(() => TryExecuteTask(task), CancellationToken.None, TaskCreationOptions.None, grain);
}
