using System.Globalization;
using System.Reflection;
using Npgsql;

namespace TtsGrains.Grains.Clustering;

/// <summary>
/// Brings the tables of a cluster to the version that this service knows, step by step, by the files below <c>Sql</c>. Which steps were taken stands in
/// the table <c>tts_schema</c>. Of many processes that start at once one does it and the others wait; who finds nothing to do needs no right to.
/// </summary>
internal sealed class DatabaseSchema(NpgsqlConnection connection)
{
    // Any number that no other application in the database takes for its own lock.
    private const long Lock = 0x7474735F736368;

    private const string Folder = "sql/";

    private static readonly IReadOnlyList<Step> Steps = FindSteps();

    /// <summary>The version that this service knows.</summary>
    public static int Newest => Steps[^1].Version;

    /// <exception cref="SettingsException">The tables are newer than this service, or another application's.</exception>
    public async Task ApplyAsync(CancellationToken cancellationToken)
    {
        if (await ReadVersionAsync(cancellationToken) == Newest)
        {
            return;
        }

        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await RunAsync(string.Create(CultureInfo.InvariantCulture, $"SELECT pg_advisory_xact_lock({Lock})"), cancellationToken);

        // Another may have done it meanwhile.
        var version = await ReadVersionAsync(cancellationToken);
        if (version == 0)
        {
            await RefuseForeignTablesAsync(cancellationToken);
            await RunAsync("CREATE TABLE tts_schema (version integer PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())", cancellationToken);
        }

        foreach (var step in Steps.Where(step => step.Version > version))
        {
            await RunAsync(step.Read(), cancellationToken);
            await using var note = new NpgsqlCommand("INSERT INTO tts_schema (version, name) VALUES (@version, @name)", connection);
            note.Parameters.AddWithValue("version", step.Version);
            note.Parameters.AddWithValue("name", step.Name);
            await note.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private async Task<int> ReadVersionAsync(CancellationToken cancellationToken)
    {
        if (!await ExistsAsync("tts_schema", cancellationToken))
        {
            return 0;
        }

        await using var command = new NpgsqlCommand("SELECT coalesce(max(version), 0) FROM tts_schema", connection);
        var version = (int)(await command.ExecuteScalarAsync(cancellationToken))!;
        return version <= Newest
            ? version
            : throw new SettingsException(
                $"{ClusterSettings.Section}:{nameof(ClusterSettings.ConnectionString)} names a database whose tables are of version {version}; this service knows version {Newest}. A newer service has been here: run that one.");
    }

    // Their statements would be ours from then on, and ours theirs.
    private async Task RefuseForeignTablesAsync(CancellationToken cancellationToken)
    {
        if (await ExistsAsync("orleansquery", cancellationToken))
        {
            throw new SettingsException(
                $"{ClusterSettings.Section}:{nameof(ClusterSettings.ConnectionString)} names a database in which another application keeps its Orleans tables; give this cluster a database of its own, or a schema with Search Path=….");
        }
    }

    private async Task<bool> ExistsAsync(string table, CancellationToken cancellationToken)
    {
        // A look into the catalogue itself: to_regclass answers from a cache, in which a table that another made while we waited for the lock is missing.
        await using var command = new NpgsqlCommand("SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = ANY (current_schemas(false)) AND tablename = @table)", connection);
        command.Parameters.AddWithValue("table", table);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task RunAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static List<Step> FindSteps()
        => [.. typeof(DatabaseSchema).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
            .Select(name => new Step(int.Parse(name.AsSpan(Folder.Length, 4), CultureInfo.InvariantCulture), name))
            .OrderBy(step => step.Version)];

    private sealed record Step(int Version, string Resource)
    {
        public string Name => Path.GetFileNameWithoutExtension(Resource);

        public string Read()
        {
            using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(Resource)!);
            return reader.ReadToEnd();
        }
    }
}
