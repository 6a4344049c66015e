using Microsoft.Extensions.Logging;
using TtsGrains.Grains.Contexts.Log;
using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.Grains.Contexts.Ownership;

/// <summary>
/// Empties a silo that is about to stop: its contexts go on elsewhere, those without an owner too. To be done while their owners can still
/// be reached, which is before the silo begins to stop; until then the cluster may give it new ones, and those it refuses.
/// </summary>
internal sealed partial class SiloDrain(ContextLogs logs, IGrainFactory grains, TimeProvider time, ILogger<SiloDrain> logger)
{
    private static readonly TimeSpan MoveTimeout = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

    private volatile bool _isDraining;

    /// <summary>Whether the silo takes no context any more.</summary>
    public bool IsDraining => _isDraining;

    public async Task RunAsync()
    {
        _isDraining = true;
        LogDraining(logger, logs.Count);
        HashSet<string> asked = new(StringComparer.Ordinal);

        // Those that were being opened meanwhile come in the next round.
        while (logs.Keys().Where(asked.Add).ToArray() is { Length: > 0 } contexts)
        {
            await Task.WhenAll(contexts.Select(MoveAsync));
        }
    }

    private async Task MoveAsync(string contextKey)
    {
        try
        {
            await MoveAsync(contextKey, grains.GetGrain<IContextGrain>(contextKey)).WaitAsync(MoveTimeout, time);
        }
        catch (Exception e)
        {
            LogNotMoved(logger, contextKey, e);
        }
    }

    private async Task MoveAsync(string contextKey, IContextGrain context)
    {
        if (await context.MoveAsync() is not { } snapshot)
        {
            return;
        }

        while (!await TryRestoreAsync(contextKey, context, snapshot))
        {
            await Task.Delay(RetryDelay, time);
        }
    }

    private async Task<bool> TryRestoreAsync(string contextKey, IContextGrain context, ContextSnapshot snapshot)
    {
        try
        {
            foreach (var frames in snapshot.Frames)
            {
                await context.RestoreFramesAsync(frames);
            }

            var answer = await context.RestoreAsync(snapshot.Request, owner: null);
            return answer.Result != RestoreOutcome.NeedsFrames;
        }
        catch (Exception e) when (e is SiloDrainingException or OrleansException or OperationCanceledException)
        {
            LogNotYet(logger, contextKey, e);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "This silo leaves, and hands over {Contexts} contexts")]
    private static partial void LogDraining(ILogger logger, int contexts);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Context {ContextKey} could not be handed over")]
    private static partial void LogNotMoved(ILogger logger, string contextKey, Exception exception);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Context {ContextKey} found no other silo yet")]
    private static partial void LogNotYet(ILogger logger, string contextKey, Exception exception);
}
