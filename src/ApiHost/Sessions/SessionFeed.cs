using System.Diagnostics.CodeAnalysis;
using Orleans.Streams;
using TtsGrains.Grains.Calls;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;
using TtsGrains.Grains.Streams;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>
/// The one subscription of this host to a session's stream, for all who listen here. It tells the session again and again that they do, and asks
/// how the session stands: what the stream has lost comes to light there.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Neither has a handle to free, and calls that are under way end after the feed.")]
internal sealed partial class SessionFeed(
    SessionKey key, IClusterClient cluster, TimeProvider time, ListenerInstruments instruments, ILogger<SessionFeed> logger) : IAsyncObserver<FrameBatch>, ISessionObserver
{
    // A stream may lose the first events behind a new subscription.
    private static readonly TimeSpan FirstCheck = TimeSpan.FromSeconds(1);

    private readonly string _id = Guid.NewGuid().ToString("N");
    private readonly SemaphoreSlim _gate = new(1);
    private readonly CancellationTokenSource _closed = new();
    private readonly SessionPrefix _prefix = new(key.Session, instruments);
    private volatile SessionListener[] _listeners = [];
    private StreamSubscriptionHandle<FrameBatch>? _subscription;
    private ISessionObserver? _observer;

    public SessionKey Key => key;

    public SessionPrefix Prefix => _prefix;

    /// <summary>How many listen by way of it, as counted by <see cref="SessionFeeds"/>.</summary>
    public int Users { get; set; }

    private ISessionGrain Session => cluster.GetGrain<ISessionGrain>(key.ToString());

    /// <summary>Adds a listener: from now on it is offered all frames.</summary>
    /// <returns>How the session stands. Contexts that are not in it will be offered from their start.</returns>
    public async Task<SessionView> AddAsync(SessionListener listener)
    {
        await _gate.WaitAsync();
        try
        {
            _listeners = [.. _listeners, listener];
            var isRenewal = _subscription is not null;
            if (_subscription is null)
            {
                _observer ??= cluster.CreateObjectReference<ISessionObserver>(this);
                _subscription = await cluster.GetStreamProvider(SessionStreams.Provider).GetStream<FrameBatch>(SessionStreams.Of(key)).SubscribeAsync(this);
                _ = RenewAsync();
            }

            return await ListenAsync(isRenewal);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Takes a listener out. With the last one the subscription ends.</summary>
    public async Task RemoveAsync(SessionListener listener)
    {
        await _gate.WaitAsync();
        try
        {
            _listeners = [.. _listeners.Where(other => other != listener)];
            await Session.ListenAsync(_id, _listeners.Length);
            if (_listeners.Length == 0 && _subscription is { } subscription)
            {
                _subscription = null;
                await _closed.CancelAsync();
                cluster.DeleteObjectReference<ISessionObserver>(_observer!);
                await subscription.UnsubscribeAsync();
            }
        }
        catch (Exception e)
        {
            // The session notices that its lease is not renewed.
            LogNotLeft(logger, key, e);
        }
        finally
        {
            _gate.Release();
        }
    }

    public Task OnNextAsync(FrameBatch item, StreamSequenceToken? token = null)
    {
        if (item.ContextKey.Length == 0)
        {
            _ = RefreshAsync();
            return Task.CompletedTask;
        }

        var shared = new SharedBatch(item, _prefix) { ReceivedAt = time.GetTimestamp() };
        foreach (var listener in _listeners)
        {
            listener.Offer(shared);
        }

        return Task.CompletedTask;
    }

    public Task OnCompletedAsync() => Task.CompletedTask;

    // What was lost shows in the offsets, or with the next renewal.
    public Task OnErrorAsync(Exception ex) => Task.CompletedTask;

    /// <summary>Ends all listeners, each with what it has been given.</summary>
    public Task OnErasedAsync()
    {
        foreach (var listener in _listeners)
        {
            listener.Erase();
        }

        return Task.CompletedTask;
    }

    private Task<SessionView> ListenAsync(bool isRenewal) => GrainRetry.InvokeAsync(() => Session.ListenAsync(_id, _listeners.Length, _observer, isRenewal), time);

    private async Task RenewAsync()
    {
        using var timer = new PeriodicTimer(FirstCheck, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_closed.Token))
            {
                timer.Period = SessionLease.Renewal;
                await RefreshAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // Closed.
        }
    }

    private async Task RefreshAsync()
    {
        await _gate.WaitAsync();
        try
        {
            if (_listeners.Length == 0)
            {
                return;
            }

            var view = await ListenAsync(isRenewal: true);
            foreach (var context in view.Contexts.Where(context => context.IsOpen))
            {
                if (await GrainRetry.InvokeAsync(() => cluster.GetGrain<IContextGrain>(context.ContextKey).ReadAsync(0, maxFrames: 0), time) is { } length)
                {
                    Array.ForEach(_listeners, listener => listener.OfferLength(length));
                }
            }

            Array.ForEach(_listeners, listener => listener.Offer(view));
        }
        catch (Exception e)
        {
            LogNotRefreshed(logger, key, e);
        }
        finally
        {
            _gate.Release();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {SessionKey} could not be told that this host has no listeners any more")]
    private static partial void LogNotLeft(ILogger logger, SessionKey sessionKey, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {SessionKey} could not be told that somebody listens")]
    private static partial void LogNotRefreshed(ILogger logger, SessionKey sessionKey, Exception exception);
}
