using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.Grains.Contexts;

/// <content>Who owns the context: one socket after the other, in this process or in another.</content>
internal sealed partial class ContextGrain
{
    private OwnerFeed? _feed;

    public Task OnOwnerLostAsync(int epoch, int? written = null)
    {
        if (_log is null || epoch != _log.OwnerEpoch)
        {
            return Task.CompletedTask;
        }

        _log.NoteWritten(Math.Max(written ?? 0, _log.Written));
        _feed?.Stop();
        _feed = null;

        if (options.Value.Linger == TimeSpan.Zero)
        {
            return CancelAsync();
        }

        _linger ??= this.RegisterGrainTimer(OnLingerOverAsync, options.Value.Linger, Timeout.InfiniteTimeSpan);
        return Task.CompletedTask;
    }

    public async Task<OwnerSeat?> AttachAsync(int? from, ContextOwner? owner = null)
    {
        if (_log is null || _isCancelled)
        {
            LeaveUnlessOpening();
            return null;
        }

        if (from > _log.Count)
        {
            return Seat(_log.OwnerEpoch, from.Value);
        }

        // From now on the one before has no say, and does not write, wherever it is.
        var epoch = _log.TakeOver();
        if (_feed is { } before)
        {
            _feed = null;
            _log.NoteWritten(Math.Max(await before.SupersedeAsync(), _log.Written));
        }

        _linger?.Dispose();
        _linger = null;
        Follow(owner, from: 0);
        return Seat(epoch, from ?? _log.Written);

        OwnerSeat Seat(int epoch, int start) => new(epoch, start, _log.Count, _inputs.Taken) { Terms = _terms!, Inputs = [.. _heard], OpenedAt = _openedAt };
    }

    // An owner in this process reads the log by itself.
    private void Follow(ContextOwner? owner, int from)
    {
        if (owner is not null && owner.Process != logs.Process)
        {
            Feed(owner, from);
        }
    }

    private void Feed(ContextOwner owner, int from, int opening = 0)
    {
        _feed?.Stop();
        var epoch = _log!.OwnerEpoch;
        var self = this.AsReference<IContextGrain>();
        _feed = new OwnerFeed(this.GetPrimaryKeyString(), _log, owner.Reference, from, opening, () => self.OnOwnerLostAsync(epoch), time, logger);
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

        await CancelUpstreamAsync();
        return await _feed.MoveAsync();
    }
}
