using TtsGrains.Grains.Contexts.Log;
using TtsGrains.Grains.Diagnostics;
using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.Grains.Contexts.Lifecycle;

/// <summary>What all objects of an opened context share: what it was opened with, its log, and its state.</summary>
/// <param name="host">The grain.</param>
/// <param name="settings">How to speak.</param>
/// <param name="openedAt">When it was opened first.</param>
/// <param name="log">Its frames.</param>
internal sealed class OpenedContext(ContextHost host, ContextSettings settings, DateTimeOffset openedAt, ContextLog log)
{
    public ContextHost Host => host;

    public ContextKey Key => host.Key;

    public ContextSettings Settings => settings;

    public DateTimeOffset OpenedAt => openedAt;

    public ContextLog Log => log;

    /// <summary>Null for a context of the warm-up, which does not count.</summary>
    public required ContextTelemetry? Telemetry { get; init; }

    /// <summary>Whether the archive keeps its speech.</summary>
    public required bool IsKept { get; init; }

    /// <summary>How many frames it had when it was restored here; null if it was opened here.</summary>
    public required int? RestoredFrames { get; init; }

    /// <summary>Its state for the lifecycle rules.</summary>
    public ContextState State { get; set; } = ContextState.New;

    /// <summary>How it ended; null while it is open.</summary>
    public ContextOutcome? Outcome { get; set; }

    public bool IsCancelled => Outcome == ContextOutcome.Cancelled;

    public bool EndedWell => Outcome is ContextOutcome.Done or ContextOutcome.Expired;

    /// <summary>Whether the upstream has to come to an end: of a segment, or of all.</summary>
    public bool IsEndDue => log.IsFlushDue || State.Phase == ContextPhase.Draining;

    /// <summary>Whether it can still speak.</summary>
    public bool IsOpen => State.Phase is ContextPhase.Open or ContextPhase.Draining;
}
