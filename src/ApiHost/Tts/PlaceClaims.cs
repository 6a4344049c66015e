using TtsGrains.Grains.Calls;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.ApiHost.Tts;

/// <summary>
/// Asks the session for the places of a socket's contexts, in the order in which its client opened them: contexts open side by side. Where contexts are opened at
/// once, the calls wait for the first audio, at most 20 ms: until then they would only take its time.
/// </summary>
/// <param name="identity">Who is on the socket.</param>
/// <param name="services">The services of the host.</param>
internal sealed partial class PlaceClaims(SocketIdentity identity, SocketServices services)
{
    private static readonly TimeSpan MaxDelay = TimeSpan.FromMilliseconds(20);

    private readonly Lock _gate = new();
    private readonly Queue<Claim> _waiting = new();
    private bool _mayWait = services.Handles.OpensAtOnce;
    private ITimer? _timer;

    /// <summary>Asks for a place behind those before.</summary>
    /// <param name="key">The context.</param>
    /// <param name="isNumbered">Whether its client counts its inputs.</param>
    public Task<SessionPlace> Add(ContextKey key, bool isNumbered)
    {
        var claim = new Claim(key, isNumbered);
        lock (_gate)
        {
            _waiting.Enqueue(claim);
            if (!_mayWait)
            {
                Ask();
            }
            else if (_waiting.Count == 1)
            {
                _timer ??= services.Time.CreateTimer(_ => Ask(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                _timer.Change(MaxDelay, Timeout.InfiniteTimeSpan);
            }
        }

        return claim.Place.Task;
    }

    /// <summary>Makes the calls that wait. Call it before a client can hear of a context: what it then asks the session comes behind them.</summary>
    public void Ask()
    {
        // The lock keeps the order of the calls; no call is waited for.
        lock (_gate)
        {
            while (_waiting.TryDequeue(out var claim))
            {
                _ = AskAsync(claim);
            }
        }
    }

    /// <summary>The client has left: its next socket finds its contexts by their session.</summary>
    public void OnLeft()
    {
        lock (_gate)
        {
            _mayWait = false;
            _timer?.Dispose();
            Ask();
        }
    }

    private async Task AskAsync(Claim claim)
    {
        try
        {
            var session = services.Grains.GetGrain<ISessionGrain>(claim.Context.SessionKey.ToString());
            var settings = identity.Options.ToSettings(claim.IsNumbered);
            claim.Place.SetResult(await GrainRetry.InvokeAsync(() => session.OnOpenedAsync(claim.Context.ToString(), settings), services.Time));
        }
        catch (Exception e)
        {
            // The context asks again for itself when it needs its place.
            LogNoPlace(services.Logger, claim.Context, e);
            claim.Place.SetException(e);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Context {ContextKey} got no place in its session yet")]
    private static partial void LogNoPlace(ILogger logger, ContextKey contextKey, Exception exception);

    private sealed record Claim(ContextKey Context, bool IsNumbered)
    {
        public TaskCompletionSource<SessionPlace> Place { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
