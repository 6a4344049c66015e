namespace TtsGrains.Grains.Wakeups;

/// <summary>
/// Defers the wake-ups of one thread. An upstream's read loop appends all frames that it has received before it wakes their readers, and each
/// reader is woken once, with all of them.
/// </summary>
/// <remarks>Begin and end belong on the same thread, without an await between them.</remarks>
public static class WakeBatch
{
    [ThreadStatic]
    private static State? _current;

    /// <summary>Begins to defer.</summary>
    internal static void Begin() => (_current ??= new State()).IsOpen = true;

    /// <summary>Wakes all that were deferred: first every watcher, then the work that the watchers started. Has no effect when no batch is open.</summary>
    internal static void End()
    {
        if (_current is not { IsOpen: true } batch)
        {
            return;
        }

        try
        {
            // By index: a watcher may append to another log.
            for (var i = 0; i < batch.Watchers.Count; i++)
            {
                batch.Watchers[i].OnAppended();
            }
        }
        finally
        {
            batch.Watchers.Clear();
            batch.IsOpen = false;
            for (var i = 0; i < batch.Work.Count; i++)
            {
                batch.Work[i].Run();
            }

            batch.Work.Clear();
        }
    }

    /// <summary>Wakes a watcher now, or at the end of the batch of this thread.</summary>
    internal static void Wake(ILogWatcher watcher)
    {
        if (_current is { IsOpen: true } batch)
        {
            batch.Watchers.Add(watcher);
        }
        else
        {
            watcher.OnAppended();
        }
    }

    /// <summary>Runs work that a watcher starts now, or when all watchers of the batch of this thread are woken.</summary>
    public static void Run(IDeferredWork work)
    {
        if (_current is { IsOpen: true } batch)
        {
            batch.Work.Add(work);
        }
        else
        {
            work.Run();
        }
    }

    private sealed class State
    {
        public bool IsOpen { get; set; }

        public List<ILogWatcher> Watchers { get; } = [];

        public List<IDeferredWork> Work { get; } = [];
    }
}

/// <summary>Work that may wait for the end of a <see cref="WakeBatch"/>. It does not throw and does not block.</summary>
public interface IDeferredWork
{
    void Run();
}
