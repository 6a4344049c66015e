using Microsoft.Extensions.Logging;
using Npgsql;
using TtsGrains.Grains.Hosting;

namespace TtsGrains.Grains.Clustering;

/// <summary>Waits until the database answers and has our tables, which are made here when they are missing, and, for a client, a silo is there.</summary>
internal sealed partial class ClusterEntrance(ClusterSettings cluster, TimeProvider time, ILogger<ClusterEntrance> logger) : IClusterEntrance
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.5);

    private bool _isSkewSaid;

    /// <inheritdoc />
    public async Task WaitAsync(Func<string, Task> onWaiting, CancellationToken cancellationToken)
    {
        var database = ClusterDatabase.Describe(cluster);
        string? said = null;
        while (await TryEnterAsync(database, cancellationToken) is { } why)
        {
            if (why != said)
            {
                said = why;
                LogWaiting(logger, why);
                await onWaiting(why);
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    private async Task<string?> TryEnterAsync(NpgsqlConnectionStringBuilder database, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await ClusterDatabase.ConnectAsync(database.ConnectionString, cancellationToken);
            await connection.ApplySchemaAsync(cancellationToken);
            if (!_isSkewSaid && await connection.MeasureSkewAsync(time, cancellationToken) is { IsTooMuch: true } skew)
            {
                _isSkewSaid = true;
                LogSkew(logger, skew.Ahead.TotalSeconds);
            }

            return cluster.Mode != ClusterMode.Client || await connection.HasGatewayAsync(cluster.Id, cancellationToken)
                ? null
                : $"No silo of cluster '{cluster.Id}' is there yet ({ClusterSettings.Section}:{nameof(cluster.Id)}).";
        }
        catch (NpgsqlException failure)
        {
            var fault = DatabaseFault.Of(failure, database);
            return fault.MayPass ? fault.Message : throw new SettingsException(fault.Message, failure);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Waiting to join the cluster: {Reason}")]
    private static partial void LogWaiting(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "This machine's clock is {Seconds:F1} s ahead of the database's (behind, if negative): set both by NTP, or silos take each other for gone")]
    private static partial void LogSkew(ILogger logger, double seconds);
}
