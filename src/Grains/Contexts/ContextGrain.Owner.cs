using System.Collections.Immutable;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.Grains.Contexts;

/// <content>Who owns the context: one socket after the other, in this process or in another.</content>
internal sealed partial class ContextGrain
{
    private LogReplicator? _replicator;
    private bool _isMoved;

    public async Task<bool> OnOwnerLostAsync(int epoch, int? written = null)
    {
        if (_log is null || _isMoved)
        {
            DeactivateUnlessOpening();
            return false;
        }

        if (epoch != _log.OwnerEpoch)
        {
            return true;
        }

        _log.RecordWritten(Math.Max(written ?? 0, _log.Written));
        _replicator?.Stop();
        _replicator = null;
        if (options.Value.ReconnectTimeout == TimeSpan.Zero)
        {
            await CancelAsync();
        }
        else
        {
            StartReconnectTimer();
        }

        return true;
    }

    private void StartReconnectTimer() => _reconnectTimer ??= this.RegisterGrainTimer(OnReconnectTimeoutAsync, options.Value.ReconnectTimeout, Timeout.InfiniteTimeSpan);

    public async Task<AttachResult?> AttachAsync(int? from, ContextOwner? owner = null)
    {
        ThrowIfMoved();
        if (_log is null || _isCancelled)
        {
            DeactivateUnlessOpening();
            return null;
        }

        if (from > _log.Count)
        {
            return Result(_log.OwnerEpoch, from.Value);
        }

        // From now on calls of the superseded owner are ignored, and it writes nothing, wherever it is.
        var epoch = _log.TakeOver();
        if (_replicator is { } before)
        {
            _replicator = null;
            _log.RecordWritten(Math.Max(await before.SupersedeAsync(), _log.Written));
        }

        _reconnectTimer?.Dispose();
        _reconnectTimer = null;
        ReplicateTo(owner, from: 0);
        return Result(epoch, from ?? _log.Written);

        AttachResult Result(int epoch, int start) => new(epoch, start, _log.Count, _inputs.Taken) { Settings = _settings!, Inputs = [.. _receivedInputs], OpenedAt = _openedAt };
    }

    // An owner in this process reads the log directly.
    private void ReplicateTo(ContextOwner? owner, int from)
    {
        if (owner is not null && owner.Process != logs.Process)
        {
            StartReplicator(owner, from);
        }
    }

    private void StartReplicator(ContextOwner owner, int from, int opening = 0)
    {
        _replicator?.Stop();
        var epoch = _log!.OwnerEpoch;
        var self = this.AsReference<IContextGrain>();
        _replicator = new LogReplicator(this.GetPrimaryKeyString(), _log, owner.Reference, from, opening, () => self.OnOwnerLostAsync(epoch), time, logger);
        _replicator.Start();
    }

    private async Task OnReconnectTimeoutAsync(CancellationToken cancellationToken)
    {
        _reconnectTimer?.Dispose();
        _reconnectTimer = null;
        await CancelAsync();
        if (_isRetained)
        {
            DeactivateOnIdle();
        }
    }

    public async Task<ContextSnapshot?> MoveAsync()
    {
        if (_log is null || _isCancelled || (_replicator is null && _reconnectTimer is null))
        {
            return null;
        }

        _log.EndAttempt();
        StopWaiting();
        _attempt?.Cancel();
        _attempt = null;
        _telemetry?.AttemptEnded("moved");
        await (_replicator?.WhenDeliveredAsync() ?? Task.CompletedTask);
        if (_log.IsClosed && _replicator is not null)
        {
            return null;
        }

        await _finishing;
        _isMoved = true;
        HandOverSent();
        _expiry?.Dispose();
        _reconnectTimer?.Dispose();
        _replicator?.Stop();
        logs.Remove(this.GetPrimaryKeyString());
        DeactivateOnIdle();

        // An owner that has just gone too leaves it to the silo.
        return _replicator is not null && await _replicator.TryMoveAsync() ? null : Snapshot();
    }

    private ContextSnapshot Snapshot()
    {
        var frames = ImmutableArray.CreateBuilder<FrameBatch>();
        for (var from = 0; from < _log!.Count; from = frames[^1].To)
        {
            frames.Add(LogBatches.Read(this.GetPrimaryKeyString(), ordinal: 0, _log, from, int.MaxValue, MostReadBytes));
        }

        var request = new RestoreRequest
        {
            Settings = _settings!,
            Inputs = [.. _receivedInputs],
            Frames = _log.Count,
            Epoch = _log.OwnerEpoch,
            Opening = _opening + 1,
            OpenedAt = _openedAt,
            Written = _log.Written,
        };
        return new ContextSnapshot(request, frames.DrainToImmutable());
    }

    // Who calls sees to it that the context is opened again, elsewhere.
    private void ThrowIfMoved()
    {
        if (_isMoved)
        {
            throw new SiloDrainingException("The context was handed over.");
        }
    }

    private void ThrowIfDraining()
    {
        ThrowIfMoved();
        if (drain.IsDraining && _log is null)
        {
            DeactivateOnIdle();
            throw new SiloDrainingException("The silo is about to stop.");
        }
    }
}
