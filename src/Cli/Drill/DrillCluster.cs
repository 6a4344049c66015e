using System.Globalization;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using TtsGrains.Cli.Cluster;

namespace TtsGrains.Cli.Drill;

/// <summary>A local cluster whose parts can be killed and started again alone.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class DrillCluster : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(2);

    private readonly ClusterPlan _plan;
    private readonly ClusterPrograms _programs;
    private readonly PrivatePostgres _postgres;
    private readonly int _azuritePort = LoopbackPort.FindFree();
    private readonly Dictionary<string, ChildProcess> _members = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ChildProgram> _memberPrograms = new(StringComparer.Ordinal);
    private readonly List<Uri> _apis = [];
    private readonly Balancer _balancer;
    private AzuriteServer? _azurite;

    private DrillCluster(ClusterPlan plan, ClusterPrograms programs, PrivatePostgres postgres, PacedUpstream upstream)
        => (_plan, _programs, _postgres, _balancer, Upstream) = (plan, programs, postgres, new Balancer(_apis), upstream);

    /// <summary>The key of the drill's tenant. The cluster listens on loopback only and ends with the drill.</summary>
    public static string Key { get; } = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));

    /// <summary>An address whose connections go to any API host that listens; see <see cref="CreateHandler"/>.</summary>
    public static Uri AnyApi { get; } = new("http://cluster.drill");

    public PacedUpstream Upstream { get; }

    /// <exception cref="ChildFailedException">A part did not start.</exception>
    public static async Task<DrillCluster> StartAsync(ClusterPlan plan, ClusterPrograms programs, CancellationToken cancellationToken)
    {
        var postgres = await PrivatePostgres.StartAsync(plan.FolderOf("postgres"), isDurable: false, cancellationToken);
        var cluster = new DrillCluster(plan, programs, postgres, await PacedUpstream.StartAsync(cancellationToken));
        try
        {
            await cluster.StartBlobStoreAsync(cancellationToken);
            var services = new ClusterServices(postgres.ConnectionString, cluster._azurite!.ConnectionString, cluster.Upstream.Url.ToString(), IsEmbeddedVoice: false);
            foreach (var name in plan.SiloNames)
            {
                cluster.Add(name, programs.Silo, plan.SettingsOfSilo(name, services));
            }

            foreach (var name in plan.ApiNames)
            {
                // Its own for as long as the drill runs: callers come back to it.
                cluster._apis.Add(new Uri($"http://127.0.0.1:{LoopbackPort.FindFree()}"));
                cluster.Add(name, programs.ApiHost, new(plan.SettingsOfApi(name, services)) { ["Listen:Http"] = cluster._apis[^1].Port.ToString(CultureInfo.InvariantCulture) });
            }

            await Task.WhenAll(cluster._memberPrograms.Keys.ToArray().Select(name => cluster.StartAsync(name, cancellationToken)));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Kills a silo or an API host (SIGKILL).</summary>
    public Task KillAsync(string name) => Member(name).KillAsync();

    /// <summary>Starts a silo or an API host, again after it was killed, and waits until it is ready.</summary>
    public async Task StartAsync(string name, CancellationToken cancellationToken)
    {
        var child = ChildProcess.Start(_memberPrograms[name]);
        ChildProcess? before;
        lock (_members)
        {
            _members.Remove(name, out before);
            _members.Add(name, child);
        }

        await (before?.DisposeAsync() ?? ValueTask.CompletedTask);
        await child.Ready.WaitAsync(StartTimeout, cancellationToken);
    }

    public async Task StopBlobStoreAsync()
    {
        await (_azurite?.DisposeAsync() ?? ValueTask.CompletedTask);
        _azurite = null;
    }

    /// <summary>Starts the blob store, again with all that it had.</summary>
    public async Task StartBlobStoreAsync(CancellationToken cancellationToken)
        => _azurite = await AzuriteServer.StartAsync(_programs.Azurite, _plan.FolderOf("archive"), cancellationToken, _azuritePort);

    /// <summary>A handler whose connections go to the API hosts in turn, past those that do not listen.</summary>
    public SocketsHttpHandler CreateHandler() => _balancer.CreateHandler();

    public async ValueTask DisposeAsync()
    {
        ChildProcess[] members;
        lock (_members)
        {
            members = [.. _members.Values];
        }

        await Task.WhenAll(members.Select(member => member.DisposeAsync().AsTask()));
        await Upstream.DisposeAsync();
        await StopBlobStoreAsync();
        await _postgres.DisposeAsync();
    }

    private void Add(string name, string assembly, Dictionary<string, string> settings)
    {
        settings["ASPNETCORE_ENVIRONMENT"] = "Production";
        settings["Tenants:drill:Keys:0"] = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Key)));

        // A seam by sample changes no byte, so all of them can be compared.
        settings["Upstreams:main:Resume"] = "sample";
        Directory.CreateDirectory(_plan.FolderOf(name));
        _memberPrograms.Add(name, ChildProgram.Dotnet(name, assembly, settings) with { Folder = _plan.FolderOf(name) });
    }

    private ChildProcess Member(string name)
    {
        lock (_members)
        {
            return _members[name];
        }
    }
}
