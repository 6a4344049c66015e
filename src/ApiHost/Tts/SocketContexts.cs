namespace TtsGrains.ApiHost.Tts;

/// <summary>The contexts of one socket: those that are open, and the last ones that are over. Thread-safe.</summary>
internal sealed class SocketContexts(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, SocketContext> _open = new(StringComparer.Ordinal);
    private readonly FinishedContexts _finished = new(time);
    private readonly TaskCompletionSource _emptied = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isStopping;

    /// <summary>Whether none is open that is still this socket's: what another has taken over is no longer waited for.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_gate)
            {
                return HasNoneLeft();
            }
        }
    }

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _open.Count;
            }
        }
    }

    /// <summary>Whether the socket is about to end, so that no more contexts are opened.</summary>
    public bool IsStopping
    {
        get
        {
            lock (_gate)
            {
                return _isStopping;
            }
        }
    }

    /// <summary>Bytes of frames that the client has not taken yet.</summary>
    public long Unsent
    {
        get
        {
            lock (_gate)
            {
                return _open.Values.Sum(context => context.Unsent);
            }
        }
    }

    public SocketContext? Find(string contextId)
    {
        lock (_gate)
        {
            return _open.GetValueOrDefault(contextId);
        }
    }

    public void Add(SocketContext context)
    {
        lock (_gate)
        {
            _open.Add(context.Key.Context, context);
        }
    }

    /// <summary>Notes that a context was refused before it was one.</summary>
    public void AddRefused(string contextId)
    {
        lock (_gate)
        {
            _finished.Add(contextId, isCancelled: false);
        }
    }

    /// <summary>Notes that a context is over.</summary>
    /// <returns>False when it was over already.</returns>
    public bool Forget(SocketContext context, bool isCancelled)
    {
        lock (_gate)
        {
            if (!_open.TryGetValue(context.Key.Context, out var known) || known != context)
            {
                return false;
            }

            _open.Remove(context.Key.Context);
            _finished.Add(context.Key.Context, isCancelled);
            if (_isStopping && HasNoneLeft())
            {
                _emptied.TrySetResult();
            }

            return true;
        }
    }

    /// <summary>Whether that context is one of the last that are over.</summary>
    public bool IsFinished(string contextId)
    {
        lock (_gate)
        {
            return _finished.Contains(contextId);
        }
    }

    /// <summary>Whether that context was cancelled so recently that an input for it is a late one.</summary>
    public bool IsJustCancelled(string contextId)
    {
        lock (_gate)
        {
            return _finished.IsJustCancelled(contextId);
        }
    }

    /// <summary>Those that are open, and still this socket's.</summary>
    public IReadOnlyList<SocketContext> Open
    {
        get
        {
            lock (_gate)
            {
                return [.. _open.Values.Where(context => !context.IsSuperseded)];
            }
        }
    }

    /// <summary>The socket is about to end.</summary>
    /// <returns>Completes when the last of the open contexts is over.</returns>
    public Task Stop()
    {
        lock (_gate)
        {
            _isStopping = true;
            return HasNoneLeft() ? Task.CompletedTask : _emptied.Task;
        }
    }

    /// <summary>Takes out all that are open.</summary>
    public IReadOnlyList<SocketContext> TakeAll()
    {
        lock (_gate)
        {
            SocketContext[] open = [.. _open.Values];
            _open.Clear();
            return open;
        }
    }

    private bool HasNoneLeft() => _open.Values.All(context => context.IsSuperseded);
}
