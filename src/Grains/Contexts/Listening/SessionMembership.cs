using Microsoft.Extensions.Logging;
using TtsGrains.Grains.Calls;
using TtsGrains.Grains.Contexts.Lifecycle;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;
using TtsGrains.Grains.Streams;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.Grains.Contexts.Listening;

/// <summary>A context's place in its session, and what it publishes to those who listen to that.</summary>
/// <param name="context">The context.</param>
/// <param name="cluster">Reaches the session and its stream.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed partial class SessionMembership(OpenedContext context, IClusterClient cluster, TimeProvider time, ILogger logger)
{
    // What was said waits in memory for the archive as long as the session's storage is away.
    private static readonly TimeSpan PlacementTimeout = TimeSpan.FromMinutes(15);

    private ContextPublisher? _publisher;
    private int _ordinal;

    /// <summary>Its place: needed by the archive and by listeners; the text does not wait for it.</summary>
    public Task<SessionPlace> Place { get; private set; } = Task.FromResult(default(SessionPlace));

    /// <summary>Its number in the session; 0 until it has a place.</summary>
    public int Ordinal => Volatile.Read(ref _ordinal);

    private ISessionGrain Session => cluster.GetGrain<ISessionGrain>(context.Key.SessionKey.ToString());

    /// <summary>Asks for a place.</summary>
    /// <param name="isNumbered">Whether its client counts its pushes.</param>
    /// <param name="claimed">The place, if the socket has asked already; should that fail, the context asks for itself.</param>
    public void Join(bool isNumbered, Task<SessionPlace>? claimed) => Place = ClaimAsync(new SessionSettings(context.Settings.Reference, context.IsKept, isNumbered), claimed);

    /// <summary>The session has its first listener, or has lost its last.</summary>
    public void SetAudience(bool hasListeners)
    {
        if (hasListeners)
        {
            // What was said before, who has just come reads from the log.
            Publish(from: context.Log.Count);
        }
        else
        {
            StopPublishing();
        }
    }

    public void StopPublishing() => _publisher?.Stop();

    /// <summary>Tells the session that the context is over, once it has its place: told before, the session would take it for open when it gives it that.</summary>
    public async Task LeaveAsync(SessionContextEnd how)
    {
        await ((Task)Place).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await TellClosedAsync(Session, context.Host, context.Log.Count, how, time, logger);
    }

    /// <summary>Tells a session that a context is over, or never was opened.</summary>
    public static async Task TellClosedAsync(ISessionGrain session, ContextHost context, int frames, SessionContextEnd? how, TimeProvider time, ILogger logger)
    {
        try
        {
            await GrainRetry.TellAsync(() => session.OnClosedAsync(context.GrainKey, frames, how), time);
        }
        catch (Exception e)
        {
            // A host that stops may have stopped the session first.
            LogNotTold(logger, context.Key, e.Message);
        }
    }

    private async Task<SessionPlace> ClaimAsync(SessionSettings settings, Task<SessionPlace>? claimed)
    {
        var key = context.Host.GrainKey;
        var place = await GrainRetry.InsistAsync(
            () => Interlocked.Exchange(ref claimed, null) ?? Session.OnOpenedAsync(key, settings), PlacementTimeout, e => LogNoPlace(logger, key, e), time);
        Volatile.Write(ref _ordinal, place.Ordinal);
        if (place.IsCeded)
        {
            await context.Host.Self.FailAsync(ContextFault.From(ErrorCatalogue.ContextNotFound));
        }
        else if (place.HasListeners)
        {
            Publish(from: context.RestoredFrames ?? 0);
        }

        return place;
    }

    private void Publish(int from)
    {
        _publisher ??= new ContextPublisher(
            context.Host.GrainKey,
            () => Ordinal,
            context.Log,
            cluster.GetStreamProvider(SessionStreams.Provider).GetStream<FrameBatch>(SessionStreams.Of(context.Key.SessionKey)),
            logger);
        _publisher.Start(from);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The session of context {ContextKey} could not be told that it is over: {Reason}")]
    private static partial void LogNotTold(ILogger logger, ContextKey contextKey, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Context {ContextKey} has no place in its session yet")]
    private static partial void LogNoPlace(ILogger logger, string contextKey, Exception exception);
}
