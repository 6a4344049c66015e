
namespace TtsGrains.Grains.Clustering;

/// <summary>
/// Reconnects a client that lost its last silo. Orleans connects with the next grain call only, and a host that is not ready makes none.
/// </summary>
internal sealed class GatewayListRefresher(ClusterGateways gateways, IGrainFactory grains, TimeProvider time) : ILifecycleParticipant<IClusterClientLifecycle>, IDisposable
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(0.25);

    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    public void Participate(IClusterClientLifecycle lifecycle) => lifecycle.Subscribe(nameof(GatewayListRefresher), ServiceLifecycleStage.Active, StartAsync, StopAsync);

    public void Dispose() => _stopping.Dispose();

    private Task StartAsync(CancellationToken cancellationToken)
    {
        _running = RunAsync(_stopping.Token);
        return Task.CompletedTask;
    }

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(CheckInterval, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            if (gateways.Count == 0)
            {
                await TryCallAsync(cancellationToken);
            }
        }
    }

    // Any silo answers this call.
    private async Task TryCallAsync(CancellationToken cancellationToken)
    {
        try
        {
            await grains.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true, cancellationToken);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // There is none yet.
        }
    }
}
