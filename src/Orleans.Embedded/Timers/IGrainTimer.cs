using System.Diagnostics.CodeAnalysis;

namespace Orleans.Runtime;

/// <summary>A timer of one activation; disposed with it.</summary>
public interface IGrainTimer : IDisposable
{
    /// <summary>Sets when it next ticks, and how long after a tick's end the following one starts. During a tick it takes effect after it.</summary>
    void Change(TimeSpan dueTime, TimeSpan period);
}

/// <summary>How a grain timer ticks.</summary>
public readonly struct GrainTimerCreationOptions()
{
    [SetsRequiredMembers]
    public GrainTimerCreationOptions(TimeSpan dueTime, TimeSpan period)
        : this()
    {
        DueTime = dueTime;
        Period = period;
    }

    /// <summary>Until the first tick; <see cref="Timeout.InfiniteTimeSpan"/> means not yet.</summary>
    public required TimeSpan DueTime { get; init; }

    /// <summary>From the end of a tick to the next; <see cref="Timeout.InfiniteTimeSpan"/> means once.</summary>
    public required TimeSpan Period { get; init; }

    /// <summary>Ticks interleave with requests at awaits; by default a tick waits its turn as a request does.</summary>
    public bool Interleave { get; init; }

    /// <summary>A tick counts as use, so the activation does not become idle.</summary>
    public bool KeepAlive { get; init; }
}
