using Microsoft.Extensions.Hosting;
using TtsGrains.Grains.Hosting;

namespace TtsGrains.Grains.Clustering;

/// <summary>
/// Has a client that lost its last silo look for another at once. By itself it connects with the next call only, and nobody calls a host that is not
/// ready.
/// </summary>
internal sealed class GatewayKeeper(ClusterGateways gateways, IClusterClient cluster, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(0.25);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (gateways.Count == 0)
            {
                await TryCallAsync(stoppingToken);
            }
        }
    }

    // Any call will do; this one is answered by whichever silo there is.
    private async Task TryCallAsync(CancellationToken cancellationToken)
    {
        try
        {
            await cluster.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true, cancellationToken);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // There is none yet.
        }
    }
}
