using TtsGrains.Protocol.Requests;

namespace TtsGrains.ApiHost.Tts;

/// <summary>The contexts of one socket: those that are open, and the last ones that are over. Thread-safe.</summary>
internal sealed class SocketContexts(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, SocketContext> _open = new(StringComparer.Ordinal);
    private readonly FinishedContexts _finished = new(time);
    private readonly TaskCompletionSource _emptied = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _resumed = new(TaskCreationOptions.RunContinuationsAsynchronously);
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

    /// <summary>Adds a context that is being opened.</summary>
    /// <param name="context">The context.</param>
    /// <param name="isNumbered">Whether its client counts its inputs.</param>
    /// <returns>False when a later socket has gone on with it in this moment.</returns>
    public bool TryAdd(SocketContext context, bool isNumbered)
    {
        lock (_gate)
        {
            return !(isNumbered && _finished.IsCeded(context.Key.Context)) && _open.TryAdd(context.Key.Context, context);
        }
    }

    /// <summary>Notes that a context was refused before it was one.</summary>
    /// <param name="contextId">The client's id.</param>
    /// <param name="hasMore">Whether its client was to send more for it.</param>
    public void AddRefused(string contextId, bool hasMore)
    {
        lock (_gate)
        {
            _finished.Add(contextId, ContextEnd.Error, hasMore, resumedAt: null);
        }
    }

    /// <summary>The socket has resumed its contexts.</summary>
    public void OnResumed() => _resumed.TrySetResult();

    /// <summary>A later socket resumes a context: numbered inputs that still come here come there again.</summary>
    /// <returns>Completes when the context is not about to be opened or resumed here any more.</returns>
    public async Task CedeAsync(string contextId)
    {
        await _resumed.Task;
        Task opened;
        lock (_gate)
        {
            if (_open.TryGetValue(contextId, out var context))
            {
                opened = context.WhenOpened;
            }
            else
            {
                _finished.Cede(contextId);
                opened = Task.CompletedTask;
            }
        }

        await opened;
    }

    /// <summary>Notes that the client has sent the last input of a context, which may be over by now.</summary>
    public void OnLastInput(SocketContext context)
    {
        lock (_gate)
        {
            context.HasLastInput = true;
            if (_open.GetValueOrDefault(context.Key.Context) != context)
            {
                _finished.OnLastInput(context.Key.Context);
            }
        }
    }

    /// <summary>Notes that a context is over.</summary>
    /// <returns>False when it was over already.</returns>
    public bool Forget(SocketContext context, ContextEnd end)
    {
        lock (_gate)
        {
            if (!_open.TryGetValue(context.Key.Context, out var known) || known != context)
            {
                return false;
            }

            _open.Remove(context.Key.Context);
            // Behind a cancel nothing is sent again.
            _finished.Add(context.Key.Context, end, hasMore: !context.HasLastInput, end == ContextEnd.Cancelled ? 0 : context.ResumedAt);
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

    /// <inheritdoc cref="FinishedContexts.IsRest"/>
    public bool IsRest(string contextId, ClientMessage message)
    {
        lock (_gate)
        {
            return _finished.IsRest(contextId, message);
        }
    }

    /// <inheritdoc cref="FinishedContexts.IsRestOfFailed"/>
    public bool IsRestOfFailed(string contextId, ClientMessage message)
    {
        lock (_gate)
        {
            return _finished.IsRestOfFailed(contextId, message);
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

    /// <summary>Completes, never with an error, when none of those that are open now is about to be opened any more.</summary>
    public Task WhenOpenedAsync()
    {
        lock (_gate)
        {
            return Task.WhenAll(_open.Values.Select(context => context.WhenOpened));
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
