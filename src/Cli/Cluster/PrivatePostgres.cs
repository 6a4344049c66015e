using System.Globalization;
using System.Runtime.Versioning;
using System.Security.Cryptography;

namespace TtsGrains.Cli.Cluster;

/// <summary>A PostgreSQL of one's own: in a folder, on a free loopback port, with one user and a random password.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class PrivatePostgres : IAsyncDisposable
{
    private const string User = "tts";
    private const string Database = "tts";

    // PostgreSQL refuses to run as root; this user comes with its package.
    private const string SystemUser = "postgres";

    // "Fast" shutdown, as PostgreSQL calls it: sessions are broken off, nothing is lost.
    private const int Interrupt = 2;

    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    private readonly string _binaries;
    private readonly string _folder;
    private readonly bool _isDurable;
    private ChildProcess? _server;

    private PrivatePostgres(string binaries, string folder, bool isDurable)
        => (_binaries, _folder, _isDurable, Port) = (binaries, folder, isDurable, LoopbackPort.FindFree());

    /// <summary>Stays the same when it is stopped and started again.</summary>
    public int Port { get; }

    public string Password { get; private set; } = "";

    /// <summary>Of the service's database.</summary>
    public string ConnectionString => ConnectionStringOf(Database);

    private string[] Settings =>
    [
        "listen_addresses=127.0.0.1",
        string.Create(CultureInfo.InvariantCulture, $"port={Port}"),
        "unix_socket_directories=",
        $"fsync={(_isDurable ? "on" : "off")}",
    ];

    private string DataFolder => Path.Combine(_folder, "db");

    private string PasswordFile => Path.Combine(_folder, "password");

    /// <summary>The folder of PostgreSQL's programs, the newest there is; null when it is not installed.</summary>
    public static string? FindBinaries()
    {
        const string Debian = "/usr/lib/postgresql";
        var versions = Directory.Exists(Debian) ? Directory.GetDirectories(Debian) : [];
        return versions
            .OrderByDescending(version => int.TryParse(Path.GetFileName(version), CultureInfo.InvariantCulture, out var number) ? number : 0)
            .Select(version => Path.Combine(version, "bin"))
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")));
    }

    /// <summary>Starts it on a folder, with what an earlier one left there.</summary>
    /// <param name="folder">The folder; made when it is not there.</param>
    /// <param name="isDurable">Whether it must survive a power cut; slower.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ChildFailedException">It does not start, or is not installed.</exception>
    public static async Task<PrivatePostgres> StartAsync(string folder, bool isDurable, CancellationToken cancellationToken)
    {
        var binaries = FindBinaries() ?? throw new ChildFailedException("PostgreSQL is not installed; install it with: sudo apt-get install -y postgresql");
        var postgres = new PrivatePostgres(binaries, folder, isDurable);
        var isNew = !File.Exists(Path.Combine(postgres.DataFolder, "PG_VERSION"));
        if (isNew)
        {
            await postgres.CreateAsync(cancellationToken);
        }

        postgres.Password = (await File.ReadAllTextAsync(postgres.PasswordFile, cancellationToken)).Trim();
        await postgres.StartAsync(cancellationToken);
        if (isNew)
        {
            await postgres.CreateDatabaseAsync(Database, cancellationToken);
        }

        return postgres;
    }

    /// <summary>Starts it again after <see cref="StopAsync"/>, on its port.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
        => _server = await ChildProcess.StartAsync(
            Program("postgres", ["-D", DataFolder, .. Settings.SelectMany(setting => new[] { "-c", setting })]) with { IsReady = line => line.EndsWith("ready to accept connections", StringComparison.Ordinal) },
            Timeout,
            cancellationToken);

    /// <summary>Stops it, as an operator does: it keeps its data, and its port is closed.</summary>
    public async Task StopAsync()
    {
        if (_server is { } server)
        {
            _server = null;
            await server.StopAsync(Timeout, Interrupt);
            await server.DisposeAsync();
        }
    }

    public Task CreateDatabaseAsync(string name, CancellationToken cancellationToken) => RunSqlAsync("postgres", $"CREATE DATABASE {name}", cancellationToken);

    /// <summary>Runs a statement and tells what it returned, a line for each row.</summary>
    public Task<string> RunSqlAsync(string sql, CancellationToken cancellationToken) => RunSqlAsync(Database, sql, cancellationToken);

    /// <summary>Runs a statement in another of its databases.</summary>
    public async Task<string> RunSqlAsync(string database, string sql, CancellationToken cancellationToken)
    {
        var client = Program("psql", "-h", "127.0.0.1", "-p", Port.ToString(CultureInfo.InvariantCulture), "-U", User, "-d", database, "-v", "ON_ERROR_STOP=1", "-Atqc", sql);
        return await RunAsync(client, cancellationToken);
    }

    /// <summary>Of one of its databases.</summary>
    public string ConnectionStringOf(string database)
        => string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={Port};Username={User};Password={Password};Database={database}");

    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task CreateAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(DataFolder);
        Password = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        await File.WriteAllTextAsync(PasswordFile, Password, cancellationToken);
        File.SetUnixFileMode(PasswordFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        if (Environment.UserName == "root")
        {
            await RunAsync(new ChildProgram("chown", "chown", $"{SystemUser}:{SystemUser}", _folder, DataFolder, PasswordFile), cancellationToken);
        }

        // It says so itself when its user cannot reach the folder.
        await RunAsync(
            Program("initdb", "-D", DataFolder, "-U", User, "--auth=scram-sha-256", $"--pwfile={PasswordFile}", "--encoding=UTF8", "--locale=C", "--no-sync"),
            cancellationToken);
    }

    private static async Task<string> RunAsync(ChildProgram program, CancellationToken cancellationToken)
    {
        await using var child = ChildProcess.Start(program);
        var code = await child.Exited.WaitAsync(Timeout, cancellationToken);
        return code == 0 ? child.Said : throw new ChildFailedException($"{program.Name} ended with exit code {code}: {child.Said}");
    }

    private ChildProgram Program(string name, params IReadOnlyList<string> arguments) => new(name, Path.Combine(_binaries, name), arguments)
    {
        User = SystemUser,
        Folder = "/",
        Environment = new Dictionary<string, string> { ["LC_ALL"] = "C", ["PGPASSWORD"] = Password },
    };
}
