using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using TtsGrains.Cli.Cluster;
using TtsGrains.Cluster.Tests.Hosting;

namespace TtsGrains.Cluster.Tests.Settings;

/// <summary>A host with a wrong setting says which, in a sentence, and ends with 2; one that may be helped by waiting waits, and says so on its port.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class BadSettingsTests(SharedPostgres shared) : IClassFixture<SharedPostgres>
{
    private const int PortInUse = 1;
    private const int WrongSettings = 2;
    private const string Upstream = "ws://127.0.0.1:1/tts/websocket";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [ClusterFact]
    public async Task Postgres_RefusesThePassword_HostSaysSoAndNotThePassword()
    {
        var said = await RefuseAsync("Silo", await ConnectionStringAsync("tts", password: "not-the-password"));

        Assert.Contains("Cluster:ConnectionString", said, StringComparison.Ordinal);
        Assert.Contains("wrong user or password", said, StringComparison.Ordinal);
        Assert.DoesNotContain("not-the-password", said, StringComparison.Ordinal);
    }

    [ClusterFact]
    public async Task Database_Missing_HostSaysWhich()
    {
        var said = await RefuseAsync("ApiHost", await ConnectionStringAsync("nowhere"), ("Cluster:Mode", "client"));

        Assert.Contains("Cluster:ConnectionString", said, StringComparison.Ordinal);
        Assert.Contains("'nowhere'", said, StringComparison.Ordinal);
    }

    [ClusterFact]
    public async Task Schema_NewerThanTheService_HostRefuses()
    {
        var postgres = await shared.GetAsync();
        await postgres.CreateDatabaseAsync("newer", Token);
        await postgres.RunSqlAsync("newer", "CREATE TABLE tts_schema (version integer, name text, applied_at timestamptz); INSERT INTO tts_schema VALUES (999, 'x', now())", Token);

        var said = await RefuseAsync("Silo", postgres.ConnectionStringOf("newer"));

        Assert.Contains("Cluster:ConnectionString", said, StringComparison.Ordinal);
        Assert.Contains("version 999", said, StringComparison.Ordinal);
    }

    [ClusterFact]
    public async Task Schema_OfAnotherApplication_HostRefuses()
    {
        var postgres = await shared.GetAsync();
        await postgres.CreateDatabaseAsync("foreign_tables", Token);
        await postgres.RunSqlAsync("foreign_tables", "CREATE TABLE OrleansQuery (QueryKey varchar(64), QueryText varchar(8000))", Token);

        var said = await RefuseAsync("Silo", postgres.ConnectionStringOf("foreign_tables"));

        Assert.Contains("another application", said, StringComparison.Ordinal);
    }

    [ClusterTheory]
    [InlineData("Upstreams:main:Url", "http://127.0.0.1:1/tts/websocket", "Upstreams:main:Url must be a WebSocket address")]
    [InlineData("Archive:Kind", "azure", "Archive:ConnectionString is not the connection string of an Azure storage account")]
    [InlineData("Cluster:AdvertisedAddress", "0.0.0.0", "Cluster:AdvertisedAddress is '0.0.0.0'")]
    [InlineData("Cluster:AdvertisedAddress", "192.0.2.1", "Cluster:AdvertisedAddress is 192.0.2.1, which is no address of this machine")]
    [InlineData("Cluster:SiloPort", "70000", "Cluster:SiloPort is 70000")]
    [InlineData("Cluster:SiloPort", "many", "Cluster:SiloPort is 'many'; it must be a whole number.")]
    [InlineData("Cluster:SiloPrt", "1", "Cluster:SiloPrt is no setting. Did you mean Cluster:SiloPort?")]
    [InlineData("Cluster:ResponseTimeout", "10", "Cluster:ResponseTimeout is '10'; it must be a duration with a unit")]
    [InlineData("Upstreams:main:Ur1", "ws://127.0.0.1:1", "Upstreams:main:Ur1 is no setting. Did you mean Upstreams:main:Url?")]
    [InlineData("Cluster:Id", "a b", "Cluster:Id is 'a b'")]
    [InlineData("Cluster:ProbeTimeout", "00:00:00", "Cluster:ProbeTimeout is 00:00:00")]
    [InlineData("Cluster:Tls:Certificate", "/nowhere.pem", "Cluster:Tls:Key is empty")]
    [InlineData("Cluster:Tls:Off", "false", "Cluster:Tls is missing; a cluster needs Certificate, Key and Authority, or Cluster:Tls:Off=true to do without.")]
    [InlineData("Cluster:Dashboard", "dashboard", "Cluster:Dashboard is 'dashboard'")]
    [InlineData("Listen:Address", "localhost", "Listen:Address is 'localhost'")]
    [InlineData("Listen:Http", "http", "Listen:Http is 'http'")]
    [InlineData("Data", "/dev/null/data", "Data is '/dev/null/data'")]
    public async Task Setting_Wrong_SiloNamesIt(string setting, string value, string complaint)
    {
        var said = await RefuseAsync("Silo", await ConnectionStringAsync("tts"), (setting, value));

        Assert.Contains(complaint, said, StringComparison.Ordinal);
    }

    [ClusterTheory]
    [InlineData("member")]
    [InlineData("client")]
    public async Task ConnectionString_Missing_ApiHostNamesIt(string mode)
    {
        var said = await RefuseAsync("ApiHost", "", ("Cluster:Mode", mode));

        Assert.Contains("Cluster:ConnectionString is not the connection string of a PostgreSQL database", said, StringComparison.Ordinal);
    }

    [ClusterFact]
    public async Task ConnectionString_Misspelt_HostNamesTheWordAndNoValue()
    {
        var said = await RefuseAsync("Silo", "Host=127.0.0.1;Pasword=hush-hush");

        Assert.Contains("Cluster:ConnectionString", said, StringComparison.Ordinal);
        Assert.Contains("pasword", said, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("hush-hush", said, StringComparison.Ordinal);
    }

    [ClusterFact]
    public async Task Mode_Unknown_ApiHostNamesIt()
        => Assert.Contains("Cluster:Mode", await RefuseAsync("ApiHost", "", ("Cluster:Mode", "clustered")), StringComparison.Ordinal);

    [ClusterTheory]
    [InlineData("Listen:Http", "--http 0 (the setting Listen:Http=0)")]
    [InlineData("Cluster:SiloPort", "Cluster:SiloPort=0")]
    [InlineData("Cluster:GatewayPort", "Cluster:GatewayPort=0")]
    public async Task Port_InUse_SiloEndsWith1AndNamesThePort(string setting, string remedy)
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);

        var said = await RefuseAsync(PortInUse, "Silo", await ConnectionStringAsync("tts"), (setting, port));

        Assert.Equal($"Silo: port {port} is in use; end the program that listens on it, or take a free port with {remedy}.", said);
    }

    private async Task<string> ConnectionStringAsync(string database, string? password = null)
    {
        var postgres = await shared.GetAsync();
        return password is null
            ? postgres.ConnectionStringOf(database)
            : postgres.ConnectionStringOf(database).Replace(postgres.Password, password, StringComparison.Ordinal);
    }

    // What a host says that refuses to run. Never a stack trace, in whose lines "at" stands.
    private static Task<string> RefuseAsync(string program, string connectionString, params (string Name, string Value)[] settings)
        => RefuseAsync(WrongSettings, program, connectionString, settings);

    private static async Task<string> RefuseAsync(int exitCode, string program, string connectionString, params (string Name, string Value)[] settings)
    {
        var all = new Dictionary<string, string>
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["Cluster:ConnectionString"] = connectionString,
            ["Cluster:Tls:Off"] = "true",
            ["Upstreams:main:Url"] = Upstream,
            ["Listen:Http"] = "0",
            ["Listen:Https"] = "0",
        };
        foreach (var (name, value) in settings)
        {
            all[name] = value;
        }

        var folder = Directory.CreateTempSubdirectory("tts-cluster-tests-");
        await using var host = ChildProcess.Start(Programs.Run(program, program, all) with { Folder = folder.FullName });
        var code = await host.Exited.WaitAsync(TimeSpan.FromMinutes(1), Token);
        folder.Delete(recursive: true);

        Assert.True(code == exitCode, $"{program} ended with {code}. It said:{Environment.NewLine}{host.Said}");
        Assert.StartsWith($"{program}: ", host.Said.Split(Environment.NewLine)[^1], StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", host.Said, StringComparison.Ordinal);
        return host.Said;
    }
}
