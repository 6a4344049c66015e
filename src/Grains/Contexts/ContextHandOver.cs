using Microsoft.Extensions.Logging;
using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.Grains.Contexts;

/// <summary>
/// Empties a silo that is about to stop: its contexts go on elsewhere. To be done while their owners can still be reached, which is before the silo
/// begins to stop; until then the cluster may give it new ones, and those it refuses.
/// </summary>
internal sealed partial class ContextHandOver(ContextLogs logs, IGrainFactory grains, TimeProvider time, ILogger<ContextHandOver> logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private volatile bool _isLeaving;

    /// <summary>Whether the silo takes no context any more.</summary>
    public bool IsLeaving => _isLeaving;

    public async Task RunAsync()
    {
        _isLeaving = true;
        var contexts = logs.OpenKeys();
        LogLeaving(logger, contexts.Count);
        await Task.WhenAll(contexts.Select(MoveAsync));
    }

    private async Task MoveAsync(string contextKey)
    {
        try
        {
            await grains.GetGrain<IContextGrain>(contextKey).MoveAsync().WaitAsync(Patience, time);
        }
        catch (Exception e)
        {
            LogNotMoved(logger, contextKey, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "This silo leaves, and hands over {Contexts} contexts")]
    private static partial void LogLeaving(ILogger logger, int contexts);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Context {ContextKey} could not be handed over")]
    private static partial void LogNotMoved(ILogger logger, string contextKey, Exception exception);
}
