using Microsoft.Extensions.Logging;
using TtsGrains.Grains.Contexts.Lifecycle;
using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.Grains.Contexts.Ownership;

/// <summary>Who owns a context: one socket after the other, in this process or in another.</summary>
/// <param name="context">The context.</param>
/// <param name="inputs">What was pushed to it.</param>
/// <param name="process">Names this process. An owner in it reads the log directly.</param>
/// <param name="reconnectTimeout">How long it waits for the next owner; zero for not at all.</param>
/// <param name="onTimeout">Called when no owner came.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed class ContextOwnership(
    OpenedContext context, ReceivedInputs inputs, string process, TimeSpan reconnectTimeout, Func<Task> onTimeout, TimeProvider time, ILogger logger)
{
    private LogReplicator? _replicator;
    private IDisposable? _reconnect;

    /// <summary>Which opening of the context it is; see <see cref="RestoreRequest.Opening"/>.</summary>
    public int Opening { get; private set; }

    /// <summary>Whether the owner is in another process.</summary>
    public bool IsElsewhere => _replicator is not null;

    /// <summary>Whether the next owner is waited for.</summary>
    public bool IsAwaited => _reconnect is not null;

    /// <summary>Completes when an owner in another process has all that is in the log now.</summary>
    public Task WhenDeliveredAsync() => _replicator?.WhenDeliveredAsync() ?? Task.CompletedTask;

    /// <summary>The context is opened by this owner.</summary>
    public void Begin(ContextOwner? owner)
    {
        if (owner is not null && owner.Process != process)
        {
            Replicate(owner, from: 0, opening: 0);
        }
    }

    /// <summary>A context that was restored has this owner; null for one that is away.</summary>
    public void Restore(RestoreRequest request, ContextOwner? owner)
    {
        Opening = request.Opening;
        if (owner is null)
        {
            context.Log.RecordWritten(request.Written);
            WaitForOwner();
        }
        else
        {
            Replicate(owner, from: context.Log.Count, request.Opening);
        }
    }

    /// <summary>An owner in another process doubts that the context is still there.</summary>
    /// <returns>What has come of it; null if it is the owner now.</returns>
    public RestoreOutcome? Confirm(RestoreRequest request, ContextOwner? owner)
    {
        if (request.Epoch < context.Log.OwnerEpoch)
        {
            return RestoreOutcome.Superseded;
        }

        // One that was given up by who sent it, and comes after the next; or one that was sent twice.
        if (owner is null || (request.Epoch == context.Log.OwnerEpoch && request.Opening < Opening))
        {
            return RestoreOutcome.Continues;
        }

        Opening = request.Opening;
        context.Log.TakeOver(request.Epoch);
        StopWaiting();
        Replicate(owner, from: Math.Min(request.Frames, context.Log.Count), request.Opening);
        return null;
    }

    /// <summary>Another socket becomes the owner.</summary>
    /// <param name="from">The offset of the next frame that it wants; null to go on behind what was last written.</param>
    /// <param name="owner">Who gets the frames; null for one in this process.</param>
    public async Task<AttachResult> AttachAsync(int? from, ContextOwner? owner)
    {
        var log = context.Log;
        if (from > log.Count)
        {
            return Result(log.OwnerEpoch, from.Value);
        }

        // From now on calls of the superseded owner are ignored, and it writes nothing, wherever it is.
        var epoch = log.TakeOver();
        if (_replicator is { } before)
        {
            _replicator = null;
            log.RecordWritten(Math.Max(await before.SupersedeAsync(), log.Written));
        }

        StopWaiting();
        Begin(owner);
        return Result(epoch, from ?? log.Written);

        AttachResult Result(int epoch, int start)
            => new(epoch, start, log.Count, inputs.Taken) { Settings = context.Settings, Inputs = inputs.ToImmutable(), OpenedAt = context.OpenedAt };
    }

    /// <summary>The socket of an owner is gone.</summary>
    /// <returns>Whether the context lives on: until the next owner comes, or because it has another one.</returns>
    public bool Lose(int epoch, int? written)
    {
        var log = context.Log;
        if (epoch != log.OwnerEpoch)
        {
            return true;
        }

        log.RecordWritten(Math.Max(written ?? 0, log.Written));
        _replicator?.Stop();
        _replicator = null;
        if (reconnectTimeout == TimeSpan.Zero)
        {
            return false;
        }

        WaitForOwner();
        return true;
    }

    /// <summary>The context leaves this silo. An owner that has just gone too leaves it to the silo.</summary>
    /// <returns>Whether the owner has it opened again.</returns>
    public async Task<bool> TryMoveAsync() => _replicator is not null && await _replicator.TryMoveAsync();

    /// <summary>The session is erased.</summary>
    public Task EraseAsync()
    {
        StopWaiting();
        var before = _replicator;
        _replicator = null;
        return before?.EraseAsync() ?? Task.CompletedTask;
    }

    /// <summary>Brings the owner nothing more, and waits for none.</summary>
    public void Stop()
    {
        _reconnect?.Dispose();
        _replicator?.Stop();
    }

    private void WaitForOwner() => _reconnect ??= context.Host.After(reconnectTimeout, OnTimeoutAsync);

    private Task OnTimeoutAsync()
    {
        StopWaiting();
        return onTimeout();
    }

    private void StopWaiting()
    {
        _reconnect?.Dispose();
        _reconnect = null;
    }

    private void Replicate(ContextOwner owner, int from, int opening)
    {
        _replicator?.Stop();
        var (self, epoch) = (context.Host.Self, context.Log.OwnerEpoch);
        _replicator = new LogReplicator(context.Host.GrainKey, context.Log, owner.Reference, from, opening, () => self.OnOwnerLostAsync(epoch), time, logger);
        _replicator.Start();
    }
}
