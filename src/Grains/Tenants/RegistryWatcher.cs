using Microsoft.Extensions.Hosting;

namespace TtsGrains.Grains.Tenants;

/// <summary>Follows what a grain keeps for all hosts. While it cannot be asked, what is known stays in force.</summary>
public abstract class RegistryWatcher(TimeProvider time) : BackgroundService
{
    /// <summary>How often it is asked.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // A host that starts lets no one in before it knows whom, but starts without if the grain cannot be asked.
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(10);

    private bool _isFailing;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await RefreshAsync().WaitAsync(StartTimeout, time, cancellationToken);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            Report(failure);
        }

        await base.StartAsync(cancellationToken);
    }

    /// <summary>Asks once, and puts what is new in force.</summary>
    public abstract Task RefreshAsync();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await RefreshAsync().WaitAsync(stoppingToken);
                _isFailing = false;
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                if (!_isFailing)
                {
                    Report(failure);
                }

                _isFailing = true;
            }
        }
    }

    /// <summary>Logs that the grain cannot be asked: once for an outage.</summary>
    protected abstract void LogFailed(string reason);

    private void Report(Exception failure) => LogFailed(failure.Message.Split('\n')[0]);
}
