using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.Grains.Contexts;

/// <content>Who owns the context: one socket after the other, in this process or in another.</content>
internal sealed partial class ContextGrain
{
    private OwnerFeed? _feed;

    public Task OnOwnerLostAsync(int epoch)
    {
        if (_log is null || epoch != _log.OwnerEpoch)
        {
            return Task.CompletedTask;
        }

        if (options.Value.Linger == TimeSpan.Zero)
        {
            return CancelAsync();
        }

        _linger ??= this.RegisterGrainTimer(OnLingerOverAsync, options.Value.Linger, Timeout.InfiniteTimeSpan);
        return Task.CompletedTask;
    }

    public Task<OwnerSeat?> AttachAsync(int? from, ContextOwner? owner = null)
    {
        if (_log is null || _isCancelled)
        {
            LeaveUnlessOpening();
            return Task.FromResult<OwnerSeat?>(null);
        }

        var start = from ?? _log.Written;
        var count = _log.Count;
        if (start > count)
        {
            return Task.FromResult<OwnerSeat?>(Seat(_log.OwnerEpoch));
        }

        _linger?.Dispose();
        _linger = null;
        var seat = Seat(_log.TakeOver());
        Follow(owner, from: 0);
        return Task.FromResult<OwnerSeat?>(seat);

        OwnerSeat Seat(int epoch) => new(epoch, start, count) { Terms = _terms!, Inputs = [.. _inputs], OpenedAt = _openedAt };
    }

    private void Follow(ContextOwner? owner, int from)
    {
        if (_feed is { } before)
        {
            _ = before.SupersedeAsync();
        }

        _feed = null;

        // An owner in this process reads the log by itself.
        if (owner is not null && owner.Process != logs.Process)
        {
            Feed(owner, from);
        }
    }

    private void Feed(ContextOwner owner, int from)
    {
        _feed?.Stop();
        var epoch = _log!.OwnerEpoch;
        var self = this.AsReference<IContextGrain>();
        _feed = new OwnerFeed(this.GetPrimaryKeyString(), _log, owner.Reference, from, () => self.OnOwnerLostAsync(epoch), time, logger);
        _feed.Start();
    }

    private async Task OnLingerOverAsync(CancellationToken cancellationToken)
    {
        _linger?.Dispose();
        _linger = null;
        await CancelAsync();
        if (_isRetained)
        {
            DeactivateOnIdle();
        }
    }

    // The silo stops, and the owner can have it opened again elsewhere. What was appended goes to it first.
    private async Task<bool> TryMoveAsync()
    {
        if (_feed is null)
        {
            return false;
        }

        await (_attempt?.CancelAsync() ?? Task.CompletedTask);
        _attempt = null;
        return await _feed.MoveAsync();
    }
}
