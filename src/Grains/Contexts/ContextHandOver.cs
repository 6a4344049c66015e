using Microsoft.Extensions.Logging;
using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.Grains.Contexts;

/// <summary>
/// Empties a silo that is about to stop: its contexts go on elsewhere, those that nobody owns at the moment too. To be done while their owners can still
/// be reached, which is before the silo begins to stop; until then the cluster may give it new ones, and those it refuses.
/// </summary>
internal sealed partial class ContextHandOver(ContextLogs logs, IGrainFactory grains, TimeProvider time, ILogger<ContextHandOver> logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private volatile bool _isLeaving;

    /// <summary>Whether the silo takes no context any more.</summary>
    public bool IsLeaving => _isLeaving;

    public async Task RunAsync()
    {
        _isLeaving = true;
        LogLeaving(logger, logs.Count);
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
            await MoveAsync(contextKey, grains.GetGrain<IContextGrain>(contextKey)).WaitAsync(Patience, time);
        }
        catch (Exception e)
        {
            LogNotMoved(logger, contextKey, e);
        }
    }

    private async Task MoveAsync(string contextKey, IContextGrain context)
    {
        if (await context.MoveAsync() is not { } estate)
        {
            return;
        }

        while (!await TryReopenAsync(contextKey, context, estate))
        {
            await Task.Delay(Pause, time);
        }
    }

    private async Task<bool> TryReopenAsync(string contextKey, IContextGrain context, ContextEstate estate)
    {
        try
        {
            foreach (var frames in estate.Frames)
            {
                await context.RestoreAsync(frames);
            }

            var answer = await context.ReopenAsync(estate.Reopening, owner: null);
            return answer.Result != ReopenResult.NeedsFrames;
        }
        catch (Exception e) when (e is SiloLeavingException or OrleansException)
        {
            LogNotYet(logger, contextKey, e);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "This silo leaves, and hands over {Contexts} contexts")]
    private static partial void LogLeaving(ILogger logger, int contexts);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Context {ContextKey} could not be handed over")]
    private static partial void LogNotMoved(ILogger logger, string contextKey, Exception exception);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Context {ContextKey} found no other silo yet")]
    private static partial void LogNotYet(ILogger logger, string contextKey, Exception exception);
}
