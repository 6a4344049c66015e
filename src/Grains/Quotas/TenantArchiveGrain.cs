using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TtsGrains.Archive;
using TtsGrains.Archive.Usage;
using TtsGrains.Grains.Diagnostics;
using TtsGrains.Grains.Interfaces;
using TtsGrains.Grains.Interfaces.Tenants;

namespace TtsGrains.Grains.Quotas;

/// <summary>Counts the bytes that a tenant has in the archive, over all silos, and warns when they reach the tenant's alarm.</summary>
[GrainType(GrainTypes.TenantArchive)]
internal sealed partial class TenantArchiveGrain(
    ArchiveMeasure archive,
    IOptions<ArchiveOptions> archiveOptions,
    IOptionsMonitor<TenantOptions> tenants,
    TenantInstruments instruments,
    ILogger<TenantArchiveGrain> logger) : Grain, ITenantArchiveGrain
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMinutes(1);

    private readonly ArchiveTally _tally = new();
    private IGrainTimer? _counting;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        // Calls are answered while it counts.
        _counting = this.RegisterGrainTimer(CountAsync, new GrainTimerCreationOptions(TimeSpan.Zero, archiveOptions.Value.SweepInterval) { Interleave = true });
        return base.OnActivateAsync(cancellationToken);
    }

    public Task<long?> AddAsync(long bytes)
    {
        if (bytes != 0)
        {
            Change(() => _tally.Add(bytes));
        }

        return Task.FromResult(_tally.Bytes);
    }

    private async Task CountAsync(CancellationToken cancellationToken)
    {
        _tally.BeginCount();
        try
        {
            var counted = await archive.MeasureAsync(this.GetPrimaryKeyString(), cancellationToken);
            Change(() => _tally.EndCount(counted));
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotCounted(logger, this.GetPrimaryKeyString(), failure);
            _counting?.Change(RetryDelay, archiveOptions.Value.SweepInterval);
        }
    }

    private void Change(Action change)
    {
        var before = _tally.Bytes ?? 0;
        change();
        if (_tally.Bytes is not { } bytes || tenants.Get(this.GetPrimaryKeyString()) is not { MaxArchiveBytes: { } limit } options)
        {
            return;
        }

        var tenant = this.GetPrimaryKeyString();
        instruments.ArchiveUsed(tenant, bytes);
        if (QuotaAlarm.IsCrossed(before, bytes, limit, options.ArchiveBytesAlarmPercent))
        {
            instruments.ArchiveAlarm(tenant);
            LogAlarm(logger, tenant, bytes, options.ArchiveBytesAlarmPercent, limit);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Tenant {Tenant} has {Bytes} bytes in the archive, at least {Percent} % of its {Limit}")]
    private static partial void LogAlarm(ILogger logger, string tenant, long bytes, int percent, long limit);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The archive of tenant {Tenant} could not be counted; it is tried again")]
    private static partial void LogNotCounted(ILogger logger, string tenant, Exception failure);
}
