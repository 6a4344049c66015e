using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TtsGrains.Archive;
using TtsGrains.Archive.Stores;
using TtsGrains.Archive.Usage;
using TtsGrains.Grains.Interfaces;
using TtsGrains.Grains.Interfaces.Tenants;

namespace TtsGrains.Grains.Quotas;

/// <summary>Packs a tenant's usage records. Two activations at once are harmless: see <see cref="UsagePacker"/>.</summary>
[GrainType(GrainTypes.TenantUsage)]
internal sealed partial class TenantUsageGrain(ISegmentArchive archive, IOptions<ArchiveOptions> options, TimeProvider time, ILogger<TenantUsageGrain> logger)
    : Grain, ITenantUsageGrain
{
    private UsagePacker? _packer;
    private IGrainTimer? _packing;
    private bool _isPacking;
    private long? _began;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _packer = new UsagePacker(archive, time, this.GetPrimaryKeyString());
        return base.OnActivateAsync(cancellationToken);
    }

    public Task PackAsync()
    {
        var interval = options.Value.SweepInterval;

        // Half of it: the timers of the silos are neither in step nor exact.
        if (_isPacking || (_began is { } began && time.GetElapsedTime(began) < interval / 2))
        {
            return Task.CompletedTask;
        }

        // It stays active until it is asked again, since the packer remembers which days are packed.
        DelayDeactivation(2 * interval);
        (_isPacking, _began) = (true, time.GetTimestamp());
        _packing?.Dispose();
        _packing = this.RegisterGrainTimer(RunAsync, new GrainTimerCreationOptions(TimeSpan.Zero, Timeout.InfiniteTimeSpan) { Interleave = true });
        return Task.CompletedTask;
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        var tenant = this.GetPrimaryKeyString();
        try
        {
            if (await _packer!.PackAsync(cancellationToken) is var packed and > 0)
            {
                LogPacked(logger, tenant, packed);
            }
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            _began = null;
            LogNotPacked(logger, tenant, failure);
        }
        finally
        {
            _isPacking = false;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Packed {Records} usage records of tenant {Tenant}")]
    private static partial void LogPacked(ILogger logger, string tenant, int records);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The usage records of tenant {Tenant} could not be packed; the next request retries")]
    private static partial void LogNotPacked(ILogger logger, string tenant, Exception failure);
}
