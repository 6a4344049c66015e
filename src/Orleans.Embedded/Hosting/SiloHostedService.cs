using Microsoft.Extensions.Hosting;

namespace Orleans.Runtime;

/// <summary>Starts the silo with the host, and deactivates its grains when the host stops.</summary>
internal sealed class SiloHostedService(Silo silo) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        silo.Start();
        silo.Log.Started(silo.Name);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => silo.StopAsync(cancellationToken);
}
