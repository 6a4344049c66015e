using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.Grains.Contexts.Lifecycle;

/// <summary>What the objects of a context need of their grain: its keys, a reference to it, timers that run on its turns, and its deactivation.</summary>
internal sealed class ContextHost(Grain grain)
{
    /// <summary>The grain's key as text.</summary>
    public string GrainKey { get; } = grain.GetPrimaryKeyString();

    public ContextKey Key { get; } = ContextKey.Parse(grain.GetPrimaryKeyString());

    /// <summary>For calls that wait for a turn of the grain.</summary>
    public IContextGrain Self => field ??= grain.AsReference<IContextGrain>();

    /// <summary>Runs an action once on a turn of the grain.</summary>
    public IGrainTimer After(TimeSpan delay, Func<Task> action) => grain.RegisterGrainTimer(_ => action(), delay, Timeout.InfiniteTimeSpan);

    public void Deactivate() => grain.DeactivateOnIdle();
}
