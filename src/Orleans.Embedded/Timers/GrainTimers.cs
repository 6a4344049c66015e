namespace Orleans.Runtime;

/// <summary>The timers of one activation, which end with it.</summary>
internal sealed class GrainTimers
{
    private readonly HashSet<GrainTimer> _timers = [];
    private bool _ended;

    public void Add(GrainTimer timer)
    {
        lock (_timers)
        {
            if (!_ended)
            {
                _timers.Add(timer);
                return;
            }
        }

        timer.Dispose();
    }

    public void Remove(GrainTimer timer)
    {
        lock (_timers)
        {
            _timers.Remove(timer);
        }
    }

    public void DisposeAll()
    {
        GrainTimer[] timers;
        lock (_timers)
        {
            _ended = true;
            timers = [.. _timers];
        }

        Array.ForEach(timers, timer => timer.Dispose());
    }
}
