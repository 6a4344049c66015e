using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TtsGrains.Archive;
using TtsGrains.Archive.Usage;
using TtsGrains.Grains.Interfaces.Tenants;

namespace TtsGrains.Grains.Quotas;

/// <summary>Asks at each <c>Archive:SweepInterval</c> for the packing of the usage records of all tenants that have any. Each silo asks; the tenant's grain packs.</summary>
internal sealed partial class UsagePackingScheduler(
    UsageTenants tenants, IGrainFactory grains, IOptions<ArchiveOptions> options, TimeProvider time, ILogger<UsagePackingScheduler> logger) : BackgroundService
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.SweepInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await foreach (var tenant in tenants.ListAsync(stoppingToken))
                {
                    await AskAsync(tenant);
                }
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                LogNotListed(logger, failure);
            }
        }
    }

    private async Task AskAsync(string tenant)
    {
        try
        {
            await grains.GetGrain<ITenantUsageGrain>(tenant).PackAsync().WaitAsync(AnswerTimeout, time);
        }
        catch (Exception failure)
        {
            LogNotAsked(logger, tenant, failure.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The tenants with usage records could not be listed; it is tried again")]
    private static partial void LogNotListed(ILogger logger, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The packing of the usage records of tenant {Tenant} could not be requested: {Reason}")]
    private static partial void LogNotAsked(ILogger logger, string tenant, string reason);
}
