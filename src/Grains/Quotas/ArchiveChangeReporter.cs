using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TtsGrains.Archive.Usage;
using TtsGrains.Grains.Interfaces.Tenants;

namespace TtsGrains.Grains.Quotas;

/// <summary>Reports once a second what this silo has stored and removed of tenants with <see cref="TenantOptions.MaxArchiveBytes"/>.</summary>
internal sealed partial class ArchiveChangeReporter(
    ArchiveChanges changes, IOptionsMonitor<TenantOptions> tenants, IGrainFactory grains, TimeProvider time, ILogger<ArchiveChangeReporter> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await Task.WhenAll(changes.Take().Where(change => tenants.Get(change.Key).MaxArchiveBytes is not null).Select(change => ReportAsync(change.Key, change.Value)));
        }
    }

    private async Task ReportAsync(string tenant, long bytes)
    {
        try
        {
            await grains.GetGrain<ITenantArchiveGrain>(tenant).AddAsync(bytes).WaitAsync(AnswerTimeout, time);
        }
        catch (Exception e)
        {
            // Not sent again: it may have arrived, and the next count has it.
            LogNotReported(logger, tenant, e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The archived bytes of tenant {Tenant} could not be reported: {Reason}")]
    private static partial void LogNotReported(ILogger logger, string tenant, string reason);
}
