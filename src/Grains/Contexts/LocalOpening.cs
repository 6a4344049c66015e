using TtsGrains.Grains.Contexts.Lifecycle;
using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.Grains.Contexts;

/// <summary>The opening of one context by a socket of this process, until its grain takes the context over.</summary>
internal sealed class LocalOpening(ContextHost host)
{
    private readonly TaskCompletionSource _hasRun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly OpeningTurns _turns = new();

    public ContextHost Host => host;

    /// <summary>The context; null if it could not be made.</summary>
    public RunningContext? Context { get; private set; }

    /// <summary>Completes when the caller's thread has left the context.</summary>
    public Task HasRun => _hasRun.Task;

    /// <summary>Opens the context, as far as that goes without waiting.</summary>
    /// <param name="begin">Makes the context.</param>
    /// <param name="open">Opens it.</param>
    /// <returns>Null, or why it was refused.</returns>
    public Task<ContextFault?> Run(Func<RunningContext> begin, Func<RunningContext, Task<ContextFault?>> open)
    {
        try
        {
            return _turns.Run(() => open(Context = begin()));
        }
        finally
        {
            _hasRun.TrySetResult();
        }
    }

    /// <summary>The grain takes the context over. Call it on a turn of the grain, after <see cref="HasRun"/>.</summary>
    public RunningContext HandOver(Grain grain)
    {
        host.OnActive(grain);
        _turns.HandOver(TaskScheduler.Current);
        return Context!;
    }

    /// <summary>There will be no grain: the context ends.</summary>
    public Task StopAsync()
    {
        var turns = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler;
        _turns.HandOver(turns);
        return Task.Factory.StartNew(() => Context!.StopAsync(CancellationToken.None), CancellationToken.None, TaskCreationOptions.None, turns).Unwrap();
    }
}
