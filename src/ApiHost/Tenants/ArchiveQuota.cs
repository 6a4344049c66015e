using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using TtsGrains.Grains.Interfaces.Tenants;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Tenants;

/// <summary>Decides in this process whether a tenant's archive is full; asks for the size every two seconds, for tenants with <see cref="TenantOptions.MaxArchiveBytes"/>.</summary>
internal sealed partial class ArchiveQuota(IOptionsMonitor<TenantOptions> tenants, IGrainFactory grains, TimeProvider time, ILogger<ArchiveQuota> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(2);

    // Null until it is known.
    private readonly ConcurrentDictionary<string, long?> _bytes = new(StringComparer.Ordinal);

    /// <summary>Decides whether a context may be opened that is archived.</summary>
    /// <returns>Null, or the error if the archive is full.</returns>
    public ProtocolError? Check(string tenant)
        => tenants.Get(tenant).MaxArchiveBytes is { } limit && _bytes.GetOrAdd(tenant, default(long?)) >= limit ? ErrorCatalogue.ArchiveFull(limit) : null;

    /// <summary>Completes when the size was asked for; at once if it was before, or the tenant has no limit.</summary>
    public ValueTask PrepareAsync(string tenant)
        => tenants.Get(tenant).MaxArchiveBytes is null || _bytes.ContainsKey(tenant) ? ValueTask.CompletedTask : new(AskAsync(tenant));

    /// <summary>Describes a tenant's archive; null if it has no limit.</summary>
    public async Task<TenantArchiveDocument?> DescribeAsync(string tenant)
    {
        if (tenants.Get(tenant) is not { MaxArchiveBytes: { } limit } options)
        {
            return null;
        }

        await AskAsync(tenant);
        var bytes = _bytes.GetValueOrDefault(tenant);
        return new TenantArchiveDocument(bytes, bytes * 100m >= limit * (decimal)options.ArchiveBytesAlarmPercent);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await Task.WhenAll(_bytes.Keys.Where(tenant => tenants.Get(tenant).MaxArchiveBytes is not null).Select(AskAsync));
        }
    }

    // Until the size is known, nothing is refused; while it is not available, what was known last holds.
    private async Task AskAsync(string tenant)
    {
        try
        {
            var bytes = await grains.GetGrain<ITenantArchiveGrain>(tenant).AddAsync(0).WaitAsync(AnswerTimeout, time);
            _bytes[tenant] = bytes ?? _bytes.GetValueOrDefault(tenant);
        }
        catch (Exception e)
        {
            _bytes.TryAdd(tenant, null);
            LogNotKnown(logger, tenant, e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The size of the archive of tenant {Tenant} is not available: {Reason}")]
    private static partial void LogNotKnown(ILogger logger, string tenant, string reason);
}
