using System.Net;
using Npgsql;

namespace TtsGrains.Grains.Clustering;

/// <summary>One connection to the database that a cluster shares.</summary>
internal sealed class ClusterDatabase : IAsyncDisposable
{
    // A database that is away is found out in time, not after the driver's own 15 and 30 seconds.
    private const int ConnectSeconds = 5;
    private const int CommandSeconds = 10;

    // The driver's own 100 for each host are what a whole PostgreSQL server has by default: a few hosts under load would lock out a host that starts.
    private const int MaxConnections = 16;

    // Of a silo, as Orleans numbers it.
    private const int Active = 3;

    private readonly NpgsqlConnection _connection;

    private ClusterDatabase(NpgsqlConnection connection) => _connection = connection;

    /// <summary>The setting, with what we want beside it.</summary>
    /// <exception cref="SettingsException">It is none.</exception>
    public static string ConnectionStringOf(ClusterSettings cluster) => Describe(cluster).ConnectionString;

    /// <summary>Where the database is.</summary>
    /// <exception cref="SettingsException">The setting is none.</exception>
    public static NpgsqlConnectionStringBuilder Describe(ClusterSettings cluster)
    {
        try
        {
            var given = new NpgsqlConnectionStringBuilder(cluster.ConnectionString);
            given.ApplicationName ??= $"tts-grains {cluster.Name}";
            given.Timeout = given.ShouldSerialize("Timeout") ? given.Timeout : ConnectSeconds;
            given.CommandTimeout = given.ShouldSerialize("Command Timeout") ? given.CommandTimeout : CommandSeconds;
            given.MaxPoolSize = given.ShouldSerialize("Maximum Pool Size") ? given.MaxPoolSize : Math.Max(MaxConnections, given.MinPoolSize);
            return given;
        }
        catch (ArgumentException unknown)
        {
            // Its message names the word, never a value.
            throw new SettingsException($"{ClusterSettings.Section}:{nameof(cluster.ConnectionString)} cannot be read: {unknown.Message}", unknown);
        }
    }

    /// <exception cref="NpgsqlException">The database cannot be reached, or does not let us in.</exception>
    public static async Task<ClusterDatabase> ConnectAsync(string connectionString, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(connectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            return new ClusterDatabase(connection);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Brings the tables to the version that this service knows.</summary>
    /// <exception cref="SettingsException">They are newer, or not ours.</exception>
    public Task ApplySchemaAsync(CancellationToken cancellationToken) => new DatabaseSchema(_connection).ApplyAsync(cancellationToken);

    /// <summary>How far this machine's clock is ahead of the database's.</summary>
    public async Task<ClockSkew> MeasureSkewAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT clock_timestamp()", _connection);
        var asked = time.GetUtcNow();
        var start = time.GetTimestamp();
        var theirs = (DateTime)(await command.ExecuteScalarAsync(cancellationToken))!;
        return ClockSkew.Of(asked, new DateTimeOffset(theirs, TimeSpan.Zero), time.GetElapsedTime(start));
    }

    /// <summary>Whether a client would find a silo to connect to.</summary>
    public async Task<bool> HasGatewayAsync(string clusterId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "SELECT EXISTS (SELECT FROM tts_silo WHERE cluster_id = @cluster AND status = @active AND proxy_port > 0)", _connection);
        command.Parameters.AddWithValue("cluster", clusterId);
        command.Parameters.AddWithValue("active", Active);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>The silos of a cluster that its table has as active.</summary>
    public async Task<IReadOnlyList<ActiveSilo>> ListActiveAsync(string clusterId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT address, port, alive_time FROM tts_silo WHERE cluster_id = @cluster AND status = @active", _connection);
        command.Parameters.AddWithValue("cluster", clusterId);
        command.Parameters.AddWithValue("active", Active);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var silos = new List<ActiveSilo>();
        while (await rows.ReadAsync(cancellationToken))
        {
            silos.Add(new ActiveSilo(new IPEndPoint(IPAddress.Parse(rows.GetString(0)), rows.GetInt32(1)), new DateTimeOffset(rows.GetDateTime(2), TimeSpan.Zero)));
        }

        return silos;
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}

/// <summary>A silo as its cluster's table has it.</summary>
/// <param name="Endpoint">Where it is.</param>
/// <param name="AliveAt">When it last wrote that it is there.</param>
internal sealed record ActiveSilo(IPEndPoint Endpoint, DateTimeOffset AliveAt);
