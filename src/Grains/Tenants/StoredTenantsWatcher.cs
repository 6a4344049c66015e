using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TtsGrains.Grains.Interfaces.Tenants;
using TtsGrains.Tenants.Stored;

namespace TtsGrains.Grains.Tenants;

/// <summary>Follows the tenants of the admin API. While they cannot be asked for, those that are known stay in force.</summary>
public sealed partial class StoredTenantsWatcher : BackgroundService
{
    /// <summary>How often they are asked for.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // A host that starts lets no one in before it knows whom, but starts without them if they cannot be had.
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(10);

    private readonly StoredTenants _tenants;
    private readonly IGrainFactory _grains;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private bool _isFailing;

    public StoredTenantsWatcher(StoredTenants tenants, IConfiguration configuration, IGrainFactory grains, TimeProvider time, ILogger<StoredTenantsWatcher> logger)
    {
        (_tenants, _grains, _time, _logger) = (tenants, grains, time, logger);
        tenants.Follow((IConfigurationRoot)configuration);
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await RefreshAsync().WaitAsync(StartTimeout, _time, cancellationToken);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailed(_logger, failure.Message.Split('\n')[0]);
        }

        await base.StartAsync(cancellationToken);
    }

    /// <summary>Asks once, and puts what is new in force.</summary>
    public async Task RefreshAsync()
    {
        if (await _grains.GetGrain<ITenantRegistryGrain>(ITenantRegistryGrain.Key).GetAsync(_tenants.Version) is not { } registry)
        {
            return;
        }

        foreach (var fault in _tenants.Apply(registry.Version, registry.Json))
        {
            LogFault(_logger, fault);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, _time);
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
                    LogFailed(_logger, failure.Message.Split('\n')[0]);
                }

                _isFailing = true;
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The tenants of the admin API stay as they were; they cannot be asked for: {Reason}")]
    private static partial void LogFailed(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The tenants of the admin API stay as they were: {Fault}")]
    private static partial void LogFault(ILogger logger, string fault);
}
