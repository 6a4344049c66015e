namespace Orleans.Runtime;

/// <summary>An observer: one call at a time, in order.</summary>
internal sealed class ObserverTarget(Silo silo, IGrainObserver observer) : RequestTarget(silo, TargetState.Active)
{
    private readonly WeakReference<IGrainObserver> _observer = new(observer);

    public override object Instance => _observer.TryGetTarget(out var alive) ? alive : throw new OrleansException("The observer was collected: nothing kept it alive.");

    protected override bool IsReentrant => false;

    public bool IsCollected => !_observer.TryGetTarget(out _);

    public void Delete()
    {
        foreach (var request in Close())
        {
            request.Fail(new OrleansException("The observer was deleted."));
        }
    }
}
