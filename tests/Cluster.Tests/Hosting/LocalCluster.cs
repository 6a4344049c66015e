using System.Globalization;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using TtsGrains.Cli.Cluster;
using TtsGrains.Testing;

namespace TtsGrains.Cluster.Tests.Hosting;

/// <summary>
/// A cluster of real processes on free loopback ports: silos, API hosts, PostgreSQL and Azurite, with an upstream in this process that the test scripts.
/// Each part can be killed, stopped and started again alone.
/// </summary>
[UnsupportedOSPlatform("windows")]
public sealed class LocalCluster : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;
    private readonly ClusterPlan _plan;
    private readonly ClusterShape _shape;
    private readonly Dictionary<string, Member> _members = [];
    private readonly Dictionary<string, string> _ports = [];

    private LocalCluster(DirectoryInfo folder, ClusterShape shape, PrivatePostgres postgres, Azurite azurite, ScriptedUpstream upstream)
    {
        (_folder, _shape, Postgres, Azurite, Upstream) = (folder, shape, postgres, azurite, upstream);
        _plan = new ClusterPlan(folder.FullName, shape.Silos, shape.Apis, FirstHttpPort: 0);
    }

    public PrivatePostgres Postgres { get; }

    public Azurite Azurite { get; }

    public ScriptedUpstream Upstream { get; }

    public IReadOnlyList<Member> Silos => [.. _plan.SiloNames.Select(name => _members[name])];

    public IReadOnlyList<Member> Apis => [.. _plan.ApiNames.Select(name => _members[name])];

    /// <summary>A member by its name: <c>silo1</c>, <c>api1</c>, and so on.</summary>
    public Member this[string name] => _members[name];

    /// <summary>Starts all of it and waits until every member is ready.</summary>
    public static async Task<LocalCluster> StartAsync(ClusterShape shape, CancellationToken cancellationToken)
    {
        var cluster = await PrepareAsync(shape, cancellationToken);
        try
        {
            await Task.WhenAll(cluster._members.Values.Select(member => member.StartAsync(cancellationToken)));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts database, archive and upstream; the members are there, but not started.</summary>
    public static async Task<LocalCluster> PrepareAsync(ClusterShape shape, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("tts-cluster-tests-");
        folder.UnixFileMode |= UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        var azurite = new Azurite();
        await azurite.StartAsync();
        var cluster = new LocalCluster(
            folder,
            shape,
            await PrivatePostgres.StartAsync(Path.Combine(folder.FullName, "postgres"), isDurable: false, cancellationToken),
            azurite,
            await ScriptedUpstream.StartAsync(cancellationToken));
        foreach (var name in cluster._plan.SiloNames)
        {
            cluster.Add(name, "Silo", cluster._plan.SettingsOfSilo(name, cluster.Services));
        }

        foreach (var name in cluster._plan.ApiNames)
        {
            // A port of its own for as long as the test runs: clients come back to it.
            cluster._ports[name] = LoopbackPort.FindFree().ToString(CultureInfo.InvariantCulture);
            cluster.Add(name, "ApiHost", new(cluster._plan.SettingsOfApi(name, cluster.Services)) { ["Listen:Http"] = cluster._ports[name] });
        }

        return cluster;
    }

    /// <summary>Where an API host answers, ready or not.</summary>
    public Uri AddressOf(string api) => new($"http://127.0.0.1:{_ports[api]}");

    /// <summary>The names of the silos that the cluster's table says are active, in order.</summary>
    public Task<string> ListActiveAsync(CancellationToken cancellationToken)
        => Postgres.RunSqlAsync("SELECT coalesce(string_agg(silo_name, ' ' ORDER BY silo_name), '') FROM tts_silo WHERE status = 3", cancellationToken);

    public async ValueTask DisposeAsync()
    {
        foreach (var member in _members.Values)
        {
            await member.DisposeAsync();
        }

        await Upstream.DisposeAsync();
        await Azurite.DisposeAsync();
        await Postgres.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private ClusterServices Services => new(Postgres.ConnectionString, Azurite.ConnectionString, Upstream.Url.ToString(), IsEmbeddedVoice: false);

    private void Add(string name, string program, Dictionary<string, string> settings)
    {
        settings["ASPNETCORE_ENVIRONMENT"] = "Production";
        settings["Tenants:acme:Keys:0"] = $"{Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Member.Key)))} scopes=speak,listen,archive,admin";
        foreach (var (setting, value) in _shape.Settings.Concat(_shape.SettingsOf(name)))
        {
            settings[setting] = value;
        }

        Directory.CreateDirectory(_plan.FolderOf(name));
        _members.Add(name, new Member(Programs.Run(program, name, settings) with { Folder = _plan.FolderOf(name) }));
    }
}

/// <summary>The programs under test, as they lie beside the tests.</summary>
internal static class Programs
{
    public static ChildProgram Run(string program, string name, IEnumerable<KeyValuePair<string, string>> settings)
        => ChildProgram.Dotnet(name, ServicePrograms.PathOf(program), settings);
}
