using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using TtsGrains.Archive.Stores;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.Grains.Sessions;

/// <content>Erasing, holding and releasing: each is decided and stored within one turn, so that no two overlap.</content>
internal sealed partial class SessionGrain
{
    // Contexts that have ended keep their logs no longer than their retention and their owner's grace period, and a margin.
    private static readonly TimeSpan LogMargin = TimeSpan.FromMinutes(1);

    // A host that does not answer is gone, with all that it had.
    private static readonly TimeSpan ObserverTimeout = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, ISessionObserver> _observers = new(StringComparer.Ordinal);
    private Task _removing = Task.CompletedTask;

    private SessionKey Key => SessionKey.Parse(this.GetPrimaryKeyString());

    public Task<SessionChange> EraseAsync(SessionChangeOrigin origin, ImmutableArray<string> ended) => ReportStoreAsync(() => RemoveAsync(async () =>
    {
        if (_contexts.All.Count == 0 && !await removal.ExistsAsync(Key, CancellationToken.None))
        {
            return SessionChange.NotFound;
        }

        if (await removal.IsHeldAsync(Key, CancellationToken.None))
        {
            return SessionChange.Held;
        }

        if (_contexts.All.Any(context => context.IsOpen && !ended.Contains(context.ContextKey)))
        {
            return SessionChange.Open;
        }

        var begun = await removal.BeginEraseAsync(Key, origin, CancellationToken.None);
        await Task.WhenAll(_contexts.All.Where(MayHaveLog).Select(context => GrainFactory.GetGrain<IContextGrain>(context.ContextKey).EraseAsync()).ToArray());
        await ForgetAsync();
        await Task.WhenAll(_observers.Values.Select(ReportErasedAsync).ToArray());
        await removal.FinishEraseAsync(Key, begun, CancellationToken.None);
        return SessionChange.Done;
    }));

    public Task<SessionChange> HoldAsync(SessionChangeOrigin origin) => ReportStoreAsync(async () =>
    {
        if (!View().IsKnown && !await removal.ExistsAsync(Key, CancellationToken.None))
        {
            return SessionChange.NotFound;
        }

        await removal.HoldAsync(Key, origin, CancellationToken.None);
        return SessionChange.Done;
    });

    public Task<SessionChange> ReleaseAsync(SessionChangeOrigin origin) => ReportStoreAsync(
        async () => await removal.ReleaseAsync(Key, origin, CancellationToken.None) ? SessionChange.Done : SessionChange.NotFound);

    // Openings and ends of contexts interleave with other calls, but not with this one.
    private async Task<T> RemoveAsync<T>(Func<Task<T>> removal)
    {
        var removing = new TaskCompletionSource();
        _removing = removing.Task;
        try
        {
            return await removal();
        }
        finally
        {
            removing.SetResult();
        }
    }

    private async Task WhenNotRemovedAsync()
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
            LogStoreFailed(logger, Key, failure.Message.Split('\n')[0]);
            return SessionChange.StoreUnavailable;
        }
    }

    private bool MayHaveLog(SessionContext context)
        => context.End is not { } end || time.GetUtcNow() - end.ClosedAt < contextOptions.Value.Retention + contextOptions.Value.ReconnectTimeout + LogMargin;

    private void Observe(string subscription, ISessionObserver? observer)
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
            LogObserverNotTold(logger, Key, e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The archive's store failed while session {SessionKey} was changed: {Reason}")]
    private static partial void LogStoreFailed(ILogger logger, SessionKey sessionKey, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A host with listeners of session {SessionKey} does not answer that it has dropped the erased session: {Reason}")]
    private static partial void LogObserverNotTold(ILogger logger, SessionKey sessionKey, string reason);
}
