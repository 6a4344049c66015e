using Microsoft.Extensions.Logging;
using TtsGrains.Grains.Calls;
using TtsGrains.Grains.Contexts.Listening;
using TtsGrains.Grains.Contexts.Log;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;
using TtsGrains.Grains.Streams;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.Grains.Contexts;

/// <content>Who reads the log beside its owner: those who listen to the session.</content>
internal sealed partial class ContextGrain
{
    private const int MostReadBytes = 1024 * 1024;

    // What was said waits in memory for the archive as long as the session's storage is away.
    private static readonly TimeSpan PlacementTimeout = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan UnusedTimeout = TimeSpan.FromSeconds(5);

    private IGrainTimer? _leaving;

    private bool IsUnused => _log is null && !_isOpening;

    private Task OnRetainedAsync(CancellationToken cancellationToken)
    {
        _isRetained = true;

        // An owner that was lost before its end may still come back for the rest.
        if (_reconnectTimer is null || _isCancelled)
        {
            DeactivateOnIdle();
        }

        return Task.CompletedTask;
    }

    public Task<FrameBatch?> ReadAsync(int from, int maxFrames)
    {
        if (_log is null or { IsErased: true })
        {
            DeactivateUnlessOpening();
            return Task.FromResult<FrameBatch?>(null);
        }

        var ordinal = _place.IsCompletedSuccessfully ? _place.Result.Ordinal : 0;
        return Task.FromResult<FrameBatch?>(LogBatches.Read(this.GetPrimaryKeyString(), ordinal, _log, from, maxFrames, MostReadBytes));
    }

    public Task<bool> SetAudienceAsync(bool hasListeners)
    {
        if (_log is null)
        {
            // One that is being opened asks the session for itself, in a moment.
            DeactivateUnlessOpening();
            return Task.FromResult(_isOpening);
        }

        if (hasListeners)
        {
            // What was said before, who has just come reads from the log.
            Publisher().Start(_log.Count);
        }
        else
        {
            _publisher?.Stop();
        }

        return Task.FromResult(true);
    }

    // The socket may have asked already; should that fail, the context asks for itself.
    private async Task<SessionPlace> ClaimPlaceAsync(bool isNumbered, Task<SessionPlace>? claimed)
    {
        var settings = new SessionSettings(_settings!.Reference, _isKept, isNumbered);
        var place = await GrainRetry.InsistAsync(
            () => Interlocked.Exchange(ref claimed, null) ?? Session.OnOpenedAsync(this.GetPrimaryKeyString(), settings), PlacementTimeout, e => LogNoPlace(logger, this.GetPrimaryKeyString(), e), time);
        if (place.IsCeded)
        {
            await this.AsReference<IContextGrain>().FailAsync(ContextFault.From(ErrorCatalogue.ContextNotFound));
        }
        else if (place.HasListeners)
        {
            Publisher().Start(_restored);
        }

        return place;
    }

    // After a delay: the caller may be about to restore the context, and a deactivation takes long while a cluster changes.
    private void DeactivateUnlessOpening()
    {
        if (IsUnused)
        {
            _leaving ??= this.RegisterGrainTimer(LeaveAsync, UnusedTimeout, Timeout.InfiniteTimeSpan);
        }
    }

    private Task LeaveAsync(CancellationToken cancellationToken)
    {
        _leaving?.Dispose();
        _leaving = null;
        if (IsUnused)
        {
            DeactivateOnIdle();
        }

        return Task.CompletedTask;
    }

    private ContextPublisher Publisher() => _publisher ??= new ContextPublisher(
        this.GetPrimaryKeyString(), _place, _log!, cluster.GetStreamProvider(SessionStreams.Provider).GetStream<FrameBatch>(SessionStreams.Of(_key.SessionKey)), logger);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Context {ContextKey} has no place in its session yet")]
    private static partial void LogNoPlace(ILogger logger, string contextKey, Exception exception);
}
