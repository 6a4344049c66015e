using System.Collections.Immutable;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.Grains.Contexts;

/// <content>Who owns the context: one socket after the other, in this process or in another.</content>
internal sealed partial class ContextGrain
{
    private OwnerFeed? _feed;
    private bool _isMoved;

    public async Task<bool> OnOwnerLostAsync(int epoch, int? written = null)
    {
        if (_log is null || _isMoved)
        {
            LeaveUnlessOpening();
            return false;
        }

        if (epoch != _log.OwnerEpoch)
        {
            return true;
        }

        _log.NoteWritten(Math.Max(written ?? 0, _log.Written));
        _feed?.Stop();
        _feed = null;
        if (options.Value.Linger == TimeSpan.Zero)
        {
            await CancelAsync();
        }
        else
        {
            Linger();
        }

        return true;
    }

    private void Linger() => _linger ??= this.RegisterGrainTimer(OnLingerOverAsync, options.Value.Linger, Timeout.InfiniteTimeSpan);

    public async Task<OwnerSeat?> AttachAsync(int? from, ContextOwner? owner = null)
    {
        ThrowWhenMoved();
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

    public async Task<ContextEstate?> MoveAsync()
    {
        if (_log is null || _isCancelled || (_feed is null && _linger is null))
        {
            return null;
        }

        _log.EndAttempt();
        StopWaiting();
        _attempt?.Cancel();
        _attempt = null;
        await (_feed?.WhenDeliveredAsync() ?? Task.CompletedTask);
        if (_log.IsClosed && _feed is not null)
        {
            return null;
        }

        await _finishing;
        _isMoved = true;
        _expiry?.Dispose();
        _linger?.Dispose();
        _feed?.Stop();
        logs.Remove(this.GetPrimaryKeyString());
        DeactivateOnIdle();

        // An owner that has just gone too leaves it to the silo.
        return _feed is not null && await _feed.TryMoveAsync() ? null : Estate();
    }

    private ContextEstate Estate()
    {
        var frames = ImmutableArray.CreateBuilder<FrameBatch>();
        for (var from = 0; from < _log!.Count; from = frames[^1].To)
        {
            frames.Add(LogBatches.Read(this.GetPrimaryKeyString(), ordinal: 0, _log, from, int.MaxValue, MostReadBytes));
        }

        var reopening = new ContextReopening
        {
            Terms = _terms!,
            Inputs = [.. _heard],
            Frames = _log.Count,
            Epoch = _log.OwnerEpoch,
            Opening = _opening + 1,
            OpenedAt = _openedAt,
            Written = _log.Written,
        };
        return new ContextEstate(reopening, frames.DrainToImmutable());
    }

    // Who calls sees to it that the context is opened again, elsewhere.
    private void ThrowWhenMoved()
    {
        if (_isMoved)
        {
            throw new SiloLeavingException("The context was handed over.");
        }
    }

    private void ThrowWhenLeaving()
    {
        ThrowWhenMoved();
        if (handOver.IsLeaving && _log is null)
        {
            DeactivateOnIdle();
            throw new SiloLeavingException("The silo is about to stop.");
        }
    }
}
