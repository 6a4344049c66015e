namespace Orleans.Runtime;

/// <summary>One piece of work for a target. It starts as one turn; it is over when the task it returned is.</summary>
internal abstract class Request(long sent)
{
    /// <summary>Links of the <see cref="RequestList"/> it is in.</summary>
    public Request? Previous { get; set; }

    public Request? Next { get; set; }

    /// <summary>Timestamp of the call, from which the response timeout counts.</summary>
    public long Sent { get; } = sent;

    public RequestTarget? Target { get; set; }

    public abstract bool Interleaves { get; }

    public virtual bool IsReadOnly => false;

    /// <summary>It is use of the activation, which so does not become idle.</summary>
    public virtual bool KeepsAlive => true;

    /// <summary>It may go to the next activation when this one ends before it started.</summary>
    public virtual bool IsMovable => true;

    public virtual bool HasDeadline => true;

    /// <summary>The caller has its answer (or has given up), so there is no point in starting.</summary>
    public abstract bool IsAnswered { get; }

    public void Run()
    {
        if (IsAnswered)
        {
            Target!.OnFinished(this);
            return;
        }

        Task work;
        try
        {
            work = Invoke();
        }
        catch (Exception exception)
        {
            work = Task.FromException(exception);
        }

        if (work.IsCompleted)
        {
            Finish(work);
        }
        else
        {
            // On the target's scheduler: it runs inline in the turn that ends the work, without another hop.
            work.ContinueWith(
                static (ended, self) => ((Request)self!).Finish(ended),
                this,
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                Target!.Scheduler);
        }
    }

    /// <summary>Ends the request with this failure, unless it has ended already.</summary>
    public abstract void Fail(Exception exception);

    protected abstract Task Invoke();

    protected abstract void Answer(Task ended);

    private void Finish(Task ended)
    {
        Answer(ended);
        if (ended.IsFaulted)
        {
            Target!.OnFailed(ended.Exception.InnerException!);
        }

        Target!.OnFinished(this);
    }
}
