using Microsoft.Extensions.Logging;

namespace TtsGrains.Grains.Clustering;

/// <summary>A client that starts before its silos, or while they restart, tries again until it finds one: its host says meanwhile that it is not ready.</summary>
internal sealed partial class ClusterDatabaseConnection(TimeProvider time, ILogger<ClusterDatabaseConnection> logger) : IClientConnectionRetryFilter
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(0.5);

    private bool _isSaid;

    public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
    {
        if (!_isSaid)
        {
            _isSaid = true;
            LogNoSilo(logger, exception.Message);
        }

        await Task.Delay(RetryDelay, time, cancellationToken);
        return true;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "No silo of the cluster takes a connection yet, trying again: {Reason}")]
    private static partial void LogNoSilo(ILogger logger, string reason);
}
