using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using TtsGrains.Grains.Calls;
using TtsGrains.Grains.Contexts.Lifecycle;
using TtsGrains.Grains.Contexts.Ownership;
using TtsGrains.Grains.Interfaces;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.Grains.Contexts;

/// <summary>Opens contexts ahead of their grains, and keeps each until its grain takes it over.</summary>
internal sealed partial class LocalContexts(ContextServices services, SiloDrain drain, IGrainFactory grains) : ILocalContexts
{
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, LocalOpening> _openings = new(StringComparer.Ordinal);

    public Task<ContextFault?> OpenAsync(ContextKey key, ContextSettings settings, ContextInput first, Task<SessionPlace>? place)
    {
        if (drain.IsDraining)
        {
            throw new SiloDrainingException("The process is about to stop.");
        }

        var grainKey = key.ToString();
        var host = new ContextHost(grainKey, grains.GetGrain<IContextGrain>(grainKey));
        var opening = new LocalOpening(host);

        // Its caller has asked for room.
        var telemetry = services.Telemetry.Create(key, settings);
        telemetry?.StartAdmission().End();

        // Before it is run: an answer of the upstream may activate the grain sooner than this thread returns.
        _openings[grainKey] = opening;
        var opened = opening.Run(
            () => new RunningContext(services.Open(host, settings, telemetry, restoredFrames: null), services),
            context => context.OpenAsync(first, owner: null, place));
        if (opening.Context is null)
        {
            TryTake(opening);
        }
        else
        {
            _ = ActivateAsync(opening, place);
        }

        return opened;
    }

    /// <summary>The opening of a context that its grain has not taken over yet.</summary>
    public LocalOpening? Find(string grainKey) => _openings.GetValueOrDefault(grainKey);

    /// <summary>Makes the caller the one that runs the context from now on.</summary>
    /// <returns>False if another one does.</returns>
    public bool TryTake(LocalOpening opening) => _openings.TryRemove(KeyValuePair.Create(opening.Host.GrainKey, opening));

    private async Task ActivateAsync(LocalOpening opening, Task? place)
    {
        // Its session answers first, late enough not to take the time of the first audio. It may not answer while its storage is away.
        await (place ?? Task.CompletedTask).WaitAsync(MaxDelay, services.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await GrainRetry.TellAsync(opening.Host.Self.ActivateAsync, services.Time);
        }
        catch (Exception e)
        {
            // The process is about to stop: no grain ends the context.
            if (TryTake(opening))
            {
                LogNotActivated(services.Logger, opening.Host.GrainKey, e);
                await opening.StopAsync();
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Context {ContextKey} ends because its grain could not be activated")]
    private static partial void LogNotActivated(ILogger logger, string contextKey, Exception exception);
}
