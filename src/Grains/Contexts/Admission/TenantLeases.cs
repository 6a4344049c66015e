using System.Collections.Immutable;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TtsGrains.Grains.Contexts.Log;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Tenants;

namespace TtsGrains.Grains.Contexts.Admission;

/// <summary>Tells tenants, again and again, which of their contexts are open on this silo.</summary>
internal sealed partial class TenantLeases(ContextLogs logs, IGrainFactory grains, TimeProvider time, ILogger<TenantLeases> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TenantLease.Renewal, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var tenant in logs.OpenKeys().GroupBy(key => ContextKey.Parse(key).Tenant))
            {
                await RenewAsync(tenant.Key, [.. tenant]);
            }
        }
    }

    private async Task RenewAsync(string tenant, ImmutableArray<string> contextKeys)
    {
        try
        {
            await grains.GetGrain<ITenantGrain>(tenant).RenewAsync(contextKeys);
        }
        catch (Exception e)
        {
            LogNotRenewed(logger, tenant, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Tenant {Tenant} could not be told which of its contexts are open here")]
    private static partial void LogNotRenewed(ILogger logger, string tenant, Exception exception);
}
