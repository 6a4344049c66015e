using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace TtsGrains.Grains.Clustering;

/// <summary>Waits until the database answers and has our tables, which are made here when they are missing, and, for a client, a silo is there.</summary>
internal sealed partial class ClusterConnection(ClusterSettings cluster, TimeProvider time, ILogger<ClusterConnection> logger)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(2);

    private bool _isSkewSaid;

    /// <summary>Completes when the cluster can be joined.</summary>
    /// <param name="onWaiting">Called with the reason to wait, once for each reason.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SettingsException">Waiting would not help.</exception>
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

            await Task.Delay(RetryDelay, time, cancellationToken);
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

            return cluster.Mode == ClusterMode.Client
                ? await DescribeMissingSilosAsync(connection, cancellationToken)
                : await AwaitTheDeadAsync(connection, cancellationToken);
        }
        catch (NpgsqlException failure)
        {
            var fault = DatabaseFault.Of(failure, database);
            return fault.MayPass ? fault.Message : throw new SettingsException(fault.Message, failure);
        }
    }

    private async Task<string?> DescribeMissingSilosAsync(ClusterDatabase database, CancellationToken cancellationToken)
        => await database.HasGatewayAsync(cluster.Id, cancellationToken)
            ? null
            : $"No silo of cluster '{cluster.Id}' is there yet ({ClusterSettings.Section}:{nameof(cluster.Id)}).";

    // A silo joins when it has reached all that are active. After a whole cluster died no silo is left to report that they are gone, only the table: before
    // that, a join would try for minutes and fail.
    private async Task<string?> AwaitTheDeadAsync(ClusterDatabase database, CancellationToken cancellationToken)
    {
        var others = (await database.ListActiveAsync(cluster.Id, cancellationToken)).Where(silo => !silo.Endpoint.Equals(cluster.SiloEndpoint)).ToList();
        if (others.TrueForAll(silo => time.GetUtcNow() - silo.AliveAt > ClusterTimes.AliveFor))
        {
            return null;
        }

        var answers = await Task.WhenAll(others.Select(silo => AnswersAsync(silo.Endpoint, cancellationToken)));
        return Array.Exists(answers, answer => answer)
            ? null
            : $"None of the silos that cluster '{cluster.Id}' had ({string.Join(", ", others.Select(silo => silo.Endpoint))}) answers. They count as gone {ClusterTimes.AliveFor.TotalSeconds} s after their last sign of life.";
    }

    private static async Task<bool> AnswersAsync(IPEndPoint endpoint, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(AnswerTimeout);
        using var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(endpoint, patience.Token);
            return true;
        }
        catch (Exception silent) when (silent is SocketException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Waiting to join the cluster: {Reason}")]
    private static partial void LogWaiting(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "This machine's clock is {Seconds:F1} s ahead of the database's (behind, if negative): set both by NTP, or silos take each other for gone")]
    private static partial void LogSkew(ILogger logger, double seconds);
}
