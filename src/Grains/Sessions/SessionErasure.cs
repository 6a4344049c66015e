using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using TtsGrains.Archive.Removal;
using TtsGrains.Archive.Stores;
using TtsGrains.Grains.Contexts.Lifecycle;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.Grains.Sessions;

/// <summary>Erases, holds and releases one session: each is decided and stored within one turn of its grain, so that no two overlap.</summary>
/// <param name="key">The session.</param>
/// <param name="removal">Changes what the archive has of it.</param>
/// <param name="grains">Reaches its contexts.</param>
/// <param name="options">How long contexts keep their logs.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed partial class SessionErasure(
    SessionKey key, SessionRemoval removal, IGrainFactory grains, ContextOptions options, TimeProvider time, ILogger logger)
{
    // Contexts that have ended keep their logs no longer than their retention and their owner's grace period, and a margin.
    private static readonly TimeSpan LogMargin = TimeSpan.FromMinutes(1);

    // A host that does not answer is gone, with all that it had.
    private static readonly TimeSpan ObserverTimeout = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, ISessionObserver> _observers = new(StringComparer.Ordinal);
    private Task _removing = Task.CompletedTask;

    /// <summary>Erases the session, unless it is held or a context of it is open.</summary>
    /// <param name="origin">Who wants it.</param>
    /// <param name="ended">Contexts that are over, although the session does not know it yet.</param>
    /// <param name="contexts">Its contexts.</param>
    /// <param name="forget">Forgets the session's own state.</param>
    public Task<SessionChange> EraseAsync(SessionChangeOrigin origin, ImmutableArray<string> ended, SessionContexts contexts, Func<Task> forget) => ReportStoreAsync(() => RemoveAsync(async () =>
    {
        if (contexts.All.Count == 0 && !await removal.ExistsAsync(key, CancellationToken.None))
        {
            return SessionChange.NotFound;
        }

        if (await removal.IsHeldAsync(key, CancellationToken.None))
        {
            return SessionChange.Held;
        }

        if (contexts.All.Any(context => context.IsOpen && !ended.Contains(context.ContextKey)))
        {
            return SessionChange.Open;
        }

        var begun = await removal.BeginEraseAsync(key, origin, CancellationToken.None);
        await Task.WhenAll(contexts.All.Where(MayHaveLog).Select(context => grains.GetGrain<IContextGrain>(context.ContextKey).EraseAsync()).ToArray());
        await forget();
        await Task.WhenAll(_observers.Values.Select(ReportErasedAsync).ToArray());
        await removal.FinishEraseAsync(key, begun, CancellationToken.None);
        return SessionChange.Done;
    }));

    /// <summary>Keeps the session from being erased.</summary>
    public Task<SessionChange> HoldAsync(SessionChangeOrigin origin, bool isKnown) => ReportStoreAsync(async () =>
    {
        if (!isKnown && !await removal.ExistsAsync(key, CancellationToken.None))
        {
            return SessionChange.NotFound;
        }

        await removal.HoldAsync(key, origin, CancellationToken.None);
        return SessionChange.Done;
    });

    /// <summary>Lets the session be erased again.</summary>
    public Task<SessionChange> ReleaseAsync(SessionChangeOrigin origin) => ReportStoreAsync(
        async () => await removal.ReleaseAsync(key, origin, CancellationToken.None) ? SessionChange.Done : SessionChange.NotFound);

    // Openings and ends of contexts interleave with other calls, but not with this one.
    private async Task<T> RemoveAsync<T>(Func<Task<T>> remove)
    {
        var removing = new TaskCompletionSource();
        _removing = removing.Task;
        try
        {
            return await remove();
        }
        finally
        {
            removing.SetResult();
        }
    }

    /// <summary>Completes when the session is not being erased.</summary>
    public async Task WhenNotRemovedAsync()
    {
        while (!_removing.IsCompleted)
        {
            await _removing;
        }
    }

    private async Task<SessionChange> ReportStoreAsync(Func<Task<SessionChange>> change)
    {
        try
        {
            return await change();
        }
        catch (Exception failure) when (StoreFailure.Is(failure))
        {
            // The exception itself would not survive the call to another process.
            LogStoreFailed(logger, key, failure.Message.Split('\n')[0]);
            return SessionChange.StoreUnavailable;
        }
    }

    private bool MayHaveLog(SessionContext context)
        => context.End is not { } end || time.GetUtcNow() - end.ClosedAt < options.Retention + options.ReconnectTimeout + LogMargin;

    /// <summary>Notes whom to tell that the session was erased; null to tell this one no more.</summary>
    public void Observe(string subscription, ISessionObserver? observer)
    {
        if (observer is null)
        {
            _observers.Remove(subscription);
        }
        else
        {
            _observers[subscription] = observer;
        }
    }

    private async Task ReportErasedAsync(ISessionObserver observer)
    {
        try
        {
            await observer.OnErasedAsync().WaitAsync(ObserverTimeout, time);
        }
        catch (Exception e)
        {
            LogObserverNotTold(logger, key, e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The archive's store failed while session {SessionKey} was changed: {Reason}")]
    private static partial void LogStoreFailed(ILogger logger, SessionKey sessionKey, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A host with listeners of session {SessionKey} does not answer that it has dropped the erased session: {Reason}")]
    private static partial void LogObserverNotTold(ILogger logger, SessionKey sessionKey, string reason);
}
