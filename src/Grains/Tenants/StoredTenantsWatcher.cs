using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using TtsGrains.Grains.Interfaces.Tenants;
using TtsGrains.Tenants.Stored;

namespace TtsGrains.Grains.Tenants;

/// <summary>Follows the tenants of the admin API.</summary>
public sealed partial class StoredTenantsWatcher : RegistryWatcher
{
    private readonly StoredTenants _tenants;
    private readonly IGrainFactory _grains;
    private readonly ILogger _logger;

    public StoredTenantsWatcher(StoredTenants tenants, IConfiguration configuration, IGrainFactory grains, TimeProvider time, ILogger<StoredTenantsWatcher> logger)
        : base(time)
    {
        (_tenants, _grains, _logger) = (tenants, grains, logger);
        tenants.Follow((IConfigurationRoot)configuration);
    }

    public override async Task RefreshAsync()
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

    protected override void LogFailed(string reason) => LogFailed(_logger, reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The tenants of the admin API stay as they were; they cannot be asked for: {Reason}")]
    private static partial void LogFailed(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The tenants of the admin API stay as they were: {Fault}")]
    private static partial void LogFault(ILogger logger, string fault);
}
