using System.Collections.Concurrent;

namespace TtsGrains.Grains.Storage;

/// <summary>
/// Changes state files on a thread of its own, since flushing to a disk blocks. Changes that wait are committed as one group: all new files are written
/// and flushed, then all are put in place, then all callers are answered.
/// </summary>
internal sealed class StateWriter : IDisposable
{
    private const int MaxGroup = 256;

    private readonly BlockingCollection<StateChange> _waiting = [];
    private readonly ConcurrentDictionary<string, Task> _pending = new(StringComparer.Ordinal);
    private readonly Thread _thread;

    public StateWriter()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "grain state" };
        _thread.Start();
    }

    /// <summary>Completes when the change is on the disk.</summary>
    /// <exception cref="Orleans.Storage.InconsistentStateException">The file has another ETag than the change expects.</exception>
    public Task CommitAsync(StateChange change)
    {
        _pending[change.Path] = change.Done.Task;
        _waiting.Add(change);
        return change.Done.Task;
    }

    /// <summary>Completes when no change to the file waits: a new activation must not read what its predecessor is still writing.</summary>
    public Task WhenWrittenAsync(string path)
        => _pending.TryGetValue(path, out var pending) ? pending.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default) : Task.CompletedTask;

    /// <summary>Commits what waits, and stops.</summary>
    public void Dispose()
    {
        if (!_thread.IsAlive)
        {
            return;
        }

        _waiting.CompleteAdding();
        _thread.Join();
        _waiting.Dispose();
    }

    private void Run()
    {
        var group = new List<StateChange>(MaxGroup);
        while (_waiting.TryTake(out var first, Timeout.Infinite))
        {
            group.Add(first);
            while (group.Count < MaxGroup && _waiting.TryTake(out var next))
            {
                group.Add(next);
            }

            Commit(group);
            group.Clear();
        }
    }

    private void Commit(List<StateChange> group)
    {
        // Two changes to one file cannot be in one group: the second expects the ETag that the first gives.
        var paths = new HashSet<string>(StringComparer.Ordinal);
        var ready = new List<StateChange>(group.Count);
        foreach (var change in group)
        {
            if (!paths.Add(change.Path))
            {
                Publish(ready);
                paths.Clear();
                paths.Add(change.Path);
            }

            if (Try(change, change.Prepare))
            {
                ready.Add(change);
            }
        }

        Publish(ready);
    }

    private void Publish(List<StateChange> ready)
    {
        foreach (var change in ready)
        {
            if (Try(change, change.Publish))
            {
                Answer(change, failure: null);
            }
        }

        ready.Clear();
    }

    private bool Try(StateChange change, Action act)
    {
        try
        {
            act();
            return true;
        }
        catch (Exception failure)
        {
            Answer(change, failure);
            return false;
        }
    }

    private void Answer(StateChange change, Exception? failure)
    {
        _pending.TryRemove(KeyValuePair.Create(change.Path, (Task)change.Done.Task));
        if (failure is null)
        {
            change.Done.SetResult();
        }
        else
        {
            change.Done.SetException(failure);
        }
    }
}
