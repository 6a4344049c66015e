using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TtsGrains.Grains.Clustering;
using TtsGrains.Grains.Diagnostics;
using TtsGrains.Grains.Health;
using TtsGrains.Grains.Interfaces.Operations;

namespace TtsGrains.Grains.Operations;

/// <summary>Reports this host to the cluster periodically, off the path of speech.</summary>
internal sealed partial class HostReporter(
    IEnumerable<IHostReportPart> parts,
    IHostHealth health,
    RecentErrors errors,
    ClusterSettings cluster,
    IGrainFactory grains,
    TimeProvider time,
    ILogger<HostReporter> logger) : BackgroundService
{
    private readonly DateTimeOffset _startedAt = time.GetUtcNow();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(HostReports.Interval, time);
        try
        {
            do
            {
                await ReportAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The host stops; its report expires.
        }
    }

    private async Task ReportAsync(CancellationToken stoppingToken)
    {
        try
        {
            var report = new HostReport(cluster.Name, time.GetUtcNow(), _startedAt, health.IsReady) { Errors = errors.List() };
            report = parts.Aggregate(report, static (sum, part) => part.AddTo(sum));
            await grains.GetGrain<IOperationsGrain>(IOperationsGrain.Key).ReportAsync(report).WaitAsync(stoppingToken);
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            // The next report has all of it.
            LogNotReported(logger, e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "This host could not report itself: {Reason}")]
    private static partial void LogNotReported(ILogger logger, string reason);
}
