using Microsoft.Extensions.Logging;

namespace TtsGrains.PushStreams.Queues;

/// <summary>
/// Moves the queues of a silo that stops to the others, while the cluster still counts it as active. Once it does not, other silos start the same queues
/// anew, empty, and Orleans then drops what a migration brings along.
/// </summary>
internal sealed partial class PushQueueHandOver(
    LocalPushQueues local, IGrainFactory grains, ISiloStatusOracle silos, ILocalSiloDetails here, TimeProvider time, ILogger<PushQueueHandOver> logger)
    : ILifecycleParticipant<ISiloLifecycle>
{
    // Another silo may be refused for a moment, as when it has only just joined.
    private const int Attempts = 3;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
        nameof(PushQueueHandOver), ServiceLifecycleStage.Active + 1, _ => Task.CompletedTask, RunAsync);

    private Task RunAsync(CancellationToken cancellationToken)
    {
        local.Leave();
        SiloAddress[] others = [.. silos.GetApproximateSiloStatuses(onlyActive: true).Keys.Where(silo => !silo.Equals(here.SiloAddress))];
        return others.Length == 0 ? Task.CompletedTask : Task.WhenAll(local.Keys.Select((key, i) => MoveAsync(key, others, i, cancellationToken)));
    }

    private async Task MoveAsync(string key, SiloAddress[] others, int first, CancellationToken cancellationToken)
    {
        var grain = grains.GetGrain<IPushQueueGrain>(key);
        Exception? fault = null;
        try
        {
            for (var attempt = 0; attempt < Attempts; attempt++)
            {
                // The first call begins the move, the second one is answered by the queue where it has arrived.
                var other = others[(first + attempt) % others.Length];
                await grain.MoveAsync(other).WaitAsync(Timeout, time, cancellationToken);
                await grain.MoveAsync(other).WaitAsync(Timeout, time, cancellationToken);
                if (local.Find(key) is null)
                {
                    return;
                }
            }
        }
        catch (Exception e)
        {
            fault = e;
        }

        LogNotMoved(logger, key, fault);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The push stream queue {QueueKey} could not be moved away from this silo, which stops; what is in it may be lost")]
    private static partial void LogNotMoved(ILogger logger, string queueKey, Exception? exception);
}
