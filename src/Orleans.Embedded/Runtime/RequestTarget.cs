namespace Orleans.Runtime;

/// <summary>What takes requests, and when: the rules of who may run beside whom. Base of activations and observers.</summary>
internal abstract class RequestTarget
{
    private readonly RequestList _running = new();
    private readonly RequestList _waiting = new();

    // Of the running ones, those that others must wait for, and those of them that are not read-only.
    private int _blocking;
    private int _writing;

    protected RequestTarget(Silo silo, TargetState state)
    {
        Silo = silo;
        State = state;
        Scheduler = new TurnScheduler(this);
    }

    protected enum TargetState
    {
        Activating,
        Active,
        Deactivating,
        Gone,
    }

    public Silo Silo { get; }

    public TurnScheduler Scheduler { get; }

    public abstract object Instance { get; }

    protected abstract bool IsReentrant { get; }

    protected Lock Gate { get; } = new();

    /// <summary>Read and written under <see cref="Gate"/>.</summary>
    protected TargetState State { get; set; }

    /// <summary>When the last request that counts as use ended.</summary>
    protected long LastUsed { get; set; }

    protected bool IsIdle => _running.IsEmpty && _waiting.IsEmpty;

    protected bool IsDrained => _running.IsEmpty;

    /// <summary>Runs the request when its time comes; false when this target is gone.</summary>
    public bool TrySend(Request request)
    {
        lock (Gate)
        {
            if (State == TargetState.Gone)
            {
                return false;
            }

            request.Target = this;
            if (State == TargetState.Active && MayRun(request))
            {
                Admit(request);
            }
            else
            {
                _waiting.Add(request);
            }
        }

        return true;
    }

    public void OnFinished(Request request)
    {
        lock (Gate)
        {
            _running.Remove(request);
            if (!request.Interleaves)
            {
                _blocking--;
                _writing -= request.IsReadOnly ? 0 : 1;
            }

            if (request.KeepsAlive)
            {
                LastUsed = Silo.Time.GetTimestamp();
            }

            if (State == TargetState.Active)
            {
                AdmitWaiting();
            }
            else if (_running.IsEmpty)
            {
                OnDrained();
            }
        }
    }

    /// <summary>A request ended with this failure.</summary>
    public virtual void OnFailed(Exception exception)
    {
    }

    /// <summary>Answers the requests that have waited too long. One that runs goes on; its result is dropped.</summary>
    public void Expire(long sentBefore, Func<TimeoutException> timeout)
    {
        List<Request>? expired = null;
        lock (Gate)
        {
            for (var request = _waiting.First; request is not null;)
            {
                var next = request.Next;
                if (request.HasDeadline && request.Sent < sentBefore)
                {
                    _waiting.Remove(request);
                    (expired ??= []).Add(request);
                }

                request = next;
            }

            for (var request = _running.First; request is not null; request = request.Next)
            {
                if (request.HasDeadline && request.Sent < sentBefore && !request.IsAnswered)
                {
                    (expired ??= []).Add(request);
                }
            }
        }

        expired?.ForEach(request => request.Fail(timeout()));
    }

    /// <summary>Called under the gate when the last running request has ended and no other will start.</summary>
    protected virtual void OnDrained()
    {
    }

    /// <summary>Starts what may run now, in order of arrival. Under the gate.</summary>
    protected void AdmitWaiting()
    {
        for (var request = _waiting.First; request is not null;)
        {
            var next = request.Next;
            if (MayRun(request))
            {
                _waiting.Remove(request);
                Admit(request);
            }

            request = next;
        }
    }

    /// <summary>Nothing more starts here; gives back what was waiting.</summary>
    protected List<Request> Close()
    {
        lock (Gate)
        {
            State = TargetState.Gone;
            return _waiting.TakeAll();
        }
    }

    private bool MayRun(Request request)
        => _blocking == 0 || request.Interleaves || IsReentrant || (request.IsReadOnly && _writing == 0);

    private void Admit(Request request)
    {
        _running.Add(request);
        if (!request.Interleaves)
        {
            _blocking++;
            _writing += request.IsReadOnly ? 0 : 1;
        }

        Scheduler.Enqueue(request);
    }
}
