using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TtsGrains.Archive.Encryption;
using TtsGrains.Archive.Sessions;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.Archive.Removal;

/// <summary>
/// Removes the sessions that are older than their tenant's retention. The age of a session counts from its last day; held and open sessions are kept. Several
/// hosts may sweep at the same time.
/// </summary>
public sealed partial class RetentionSweeper(
    SessionArchive sessions,
    SessionEraser eraser,
    IRetentionPolicy policy,
    IOptions<ArchiveOptions> options,
    TimeProvider time,
    ILogger<RetentionSweeper> logger) : BackgroundService
{
    private const int SessionsPerPage = 500;

    /// <summary>Removes what is over now.</summary>
    /// <returns>How many sessions went.</returns>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        var removed = 0;
        foreach (var (tenant, days) in policy.Tenants)
        {
            removed += await SweepAsync(tenant, DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime).AddDays(-days), cancellationToken);
        }

        return removed;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.SweepInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(logger, failure);
            }
        }
    }

    private async Task<int> SweepAsync(string tenant, DateOnly firstKept, CancellationToken cancellationToken)
    {
        var removed = 0;
        foreach (var day in (await sessions.ListDaysAsync(tenant, cancellationToken)).Where(day => day < firstKept))
        {
            string? cursor = null;
            do
            {
                var (page, next) = await sessions.ListAsync(tenant, day, reference: null, cursor, SessionsPerPage, cancellationToken);
                foreach (var listed in page)
                {
                    removed += await IsOverAsync(tenant, listed.SessionId, day, firstKept, cancellationToken)
                        && await eraser.EraseAsync(new SessionKey(tenant, listed.SessionId), new SessionChangeOrigin(SessionEraser.Retention, RequestId: null)) == SessionChange.Done ? 1 : 0;
                }

                cursor = next;
            }
            while (cursor is not null);
        }

        if (removed > 0)
        {
            LogSwept(logger, tenant, removed, firstKept);
        }

        return removed;
    }

    private async Task<bool> IsOverAsync(string tenant, string session, DateOnly day, DateOnly firstKept, CancellationToken cancellationToken)
    {
        var last = day;
        if (await sessions.FindSessionAsync(tenant, session, cancellationToken).UnlessUnreadableAsync() is { } record)
        {
            last = DateOnly.FromDateTime(record.FinishedAt.UtcDateTime);
        }
        else
        {
            await foreach (var context in sessions.ListContextsAsync(tenant, session, cancellationToken))
            {
                var finished = (await sessions.FindManifestAsync(context, cancellationToken).UnlessUnreadableAsync())?.FinishedAt;
                last = finished is { } at && DateOnly.FromDateTime(at.UtcDateTime) is var its && its > last ? its : last;
            }
        }

        return last < firstKept;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Removed {Sessions} sessions of tenant {TenantId} that ended before {FirstKept}")]
    private static partial void LogSwept(ILogger logger, string tenantId, int sessions, DateOnly firstKept);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The archive could not be looked through for sessions whose time is over; it is tried again")]
    private static partial void LogFailed(ILogger logger, Exception failure);
}
