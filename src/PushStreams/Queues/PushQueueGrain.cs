using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Core.Internal;
using Orleans.Placement;
using Orleans.Runtime.Placement;
using TtsGrains.PushStreams.Messages;

namespace TtsGrains.PushStreams.Queues;

/// <summary>
/// Holds one queue on the silo where it lives. The first who asks decides where that is, which normally is the agent that pulls it; an agent elsewhere
/// calls it to itself, and all that is in it moves along.
/// </summary>
[Reentrant, PreferLocalPlacement, KeepAlive, Immovable, GrainType("ttsgrains.pushqueue")]
internal sealed class PushQueueGrain(
    LocalPushQueues local, IOptionsMonitor<PushStreamOptions> options, ILocalSiloDetails here, ISiloStatusOracle silos, TimeProvider time)
    : Grain, IPushQueueGrain, IGrainMigrationParticipant
{
    // A receiver that has missed this many of its own waits is gone.
    private const int WaitsOfALease = 3;
    private const string ContentsKey = "push-queue";

    private QueueContents? _contents;
    private PushQueue _queue = null!;
    private string _key = "";

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _key = this.GetPrimaryKeyString();
        var settings = options.Get(QueueKey.Parse(_key).Provider);
        _queue = new PushQueue(settings.QueueCapacity, WaitsOfALease * settings.PollWait, time, _contents);
        _contents = null;
        local.Add(_key, _queue);
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Close();
        if (reason.ReasonCode == DeactivationReasonCode.ShuttingDown
            && _contents is { IsEmpty: false }
            && silos.GetApproximateSiloStatuses(onlyActive: true).Keys.Any(silo => !silo.Equals(here.SiloAddress)))
        {
            // Undelivered messages move to another silo; the next agent fetches them from there.
            this.MigrateOnIdle();
        }

        return Task.CompletedTask;
    }

    public Task<Enqueued> EnqueueAsync(PushMessage message, TimeSpan patience) => _queue.EnqueueAsync(message, patience).AsTask();

    public Task<DequeueAnswer> TakeAsync(DequeueRequest request, TimeSpan wait, CancellationToken cancellationToken)
        => _queue.TakeAsync(request, wait, cancellationToken).AsTask();

    public Task ReleaseAsync(Guid receiver, long delivered)
    {
        _queue.Release(receiver, delivered);
        return Task.CompletedTask;
    }

    public async Task MoveAsync(SiloAddress silo)
    {
        // One that is not (yet, any more) active for this silo would leave the choice to the placement.
        if (silo.Equals(here.SiloAddress) || silos.GetApproximateSiloStatus(silo) != SiloStatus.Active)
        {
            return;
        }

        // Chooses the silo first and stays when it may not be chosen, as one that has only just joined. Grain.MigrateOnIdle deactivates in any case, and
        // what is in the queue would be lost.
        RequestContext.Set(IPlacementDirector.PlacementHintKey, silo);
        await ((IGrainManagementExtension)GrainContext).MigrateOnIdle();

        // It moves when no publisher waits in it any more.
        _queue.EndWaits();
    }

    private void Close()
    {
        local.Remove(_key, _queue);
        _contents ??= _queue.Close();
    }

    void IGrainMigrationParticipant.OnDehydrate(IDehydrationContext dehydrationContext) => dehydrationContext.TryAddValue(ContentsKey, _contents);

    void IGrainMigrationParticipant.OnRehydrate(IRehydrationContext rehydrationContext)
    {
        rehydrationContext.TryGetValue(ContentsKey, out QueueContents? contents);
        _contents = contents;
    }
}
