using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.Grains.Contexts.Lifecycle;

/// <summary>
/// What the objects of a context need of their grain: its keys, a reference to it, timers that run on its turns, and its deactivation. The grain may become
/// active later than the context is opened; timers start then.
/// </summary>
internal sealed class ContextHost
{
    private readonly List<EarlyTimer> _early = [];
    private Grain? _grain;

    /// <summary>For a context that is opened by its grain.</summary>
    public ContextHost(Grain grain)
        : this(grain.GetPrimaryKeyString(), grain.AsReference<IContextGrain>()) => _grain = grain;

    /// <summary>For a context that is opened before its grain is active.</summary>
    /// <param name="grainKey">The grain's key as text.</param>
    /// <param name="self">The grain.</param>
    public ContextHost(string grainKey, IContextGrain self) => (GrainKey, Key, Self) = (grainKey, ContextKey.Parse(grainKey), self);

    /// <summary>The grain's key as text.</summary>
    public string GrainKey { get; }

    public ContextKey Key { get; }

    /// <summary>For calls that wait for a turn of the grain.</summary>
    public IContextGrain Self { get; }

    /// <summary>Runs an action once on a turn of the grain. Dispose the timer to prevent that.</summary>
    public IDisposable After(TimeSpan delay, Func<Task> action)
    {
        if (_grain is { } grain)
        {
            return Start(grain, delay, action);
        }

        var timer = new EarlyTimer(delay, action);
        _early.Add(timer);
        return timer;
    }

    /// <summary>The grain is active. Call it on a turn of the grain.</summary>
    public void OnActive(Grain grain)
    {
        _grain = grain;
        _early.ForEach(timer => timer.Start(grain));
        _early.Clear();
    }

    public void Deactivate() => _grain?.DeactivateOnIdle();

    private static IGrainTimer Start(Grain grain, TimeSpan delay, Func<Task> action) => grain.RegisterGrainTimer(_ => action(), delay, Timeout.InfiniteTimeSpan);

    private sealed class EarlyTimer(TimeSpan delay, Func<Task> action) : IDisposable
    {
        private IGrainTimer? _timer;
        private bool _isDisposed;

        public void Start(Grain grain) => _timer = _isDisposed ? null : ContextHost.Start(grain, delay, action);

        public void Dispose()
        {
            _isDisposed = true;
            _timer?.Dispose();
        }
    }
}
