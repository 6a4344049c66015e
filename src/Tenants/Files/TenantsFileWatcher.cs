using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace TtsGrains.Tenants.Files;

/// <summary>Follows a tenants file. A faulty change leaves what is in force as it is, and is logged.</summary>
internal sealed partial class TenantsFileWatcher(TenantsFileSource source, TimeProvider time, ILogger<TenantsFileWatcher> logger) : BackgroundService
{
    /// <summary>How often the file is read. Notifications of the system miss files on other machines and links that are moved.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            Refresh();
        }
    }

    /// <summary>Reads the file once.</summary>
    internal void Refresh()
    {
        if (source.TryRefresh(out var faults))
        {
            LogChanged(logger, source.Path);
        }

        foreach (var fault in faults)
        {
            LogFault(logger, source.Path, fault);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The tenants of {Path} have changed")]
    private static partial void LogChanged(ILogger logger, string path);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The tenants of {Path} stay as they were: {Fault}")]
    private static partial void LogFault(ILogger logger, string path, string fault);
}
