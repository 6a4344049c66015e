using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using TtsGrains.Cluster.Tests.Hosting;

[assembly: AssemblyFixture(typeof(SharedCluster))]

namespace TtsGrains.Cluster.Tests.Hosting;

/// <summary>One cluster for the tests that leave it as they found it. Starts with the first that asks for it, so that skipped tests start nothing.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class SharedCluster : IAsyncDisposable
{
    /// <summary>The key of a tenant that may have <see cref="Most"/> sockets and as many listeners.</summary>
    public const string BoundedKey = "bounded-key";

    /// <summary>The limit of that tenant.</summary>
    public const int Most = 3;

    // The dashboard on one of them.
    private static readonly ClusterShape Shape = new()
    {
        Settings = new Dictionary<string, string>
        {
            ["Tenants:bounded:Keys:0"] = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(BoundedKey))),
            ["Tenants:bounded:MaxSockets"] = $"{Most}",
            ["Tenants:bounded:MaxListeners"] = $"{Most}",
        },
        SettingsOf = name => name == "silo1" ? [new("Cluster:Dashboard", "/dashboard")] : [],
    };

    private readonly SemaphoreSlim _gate = new(1);
    private LocalCluster? _cluster;

    public async Task<LocalCluster> GetAsync()
    {
        await _gate.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            return _cluster ??= await LocalCluster.StartAsync(Shape, TestContext.Current.CancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }

        _gate.Dispose();
    }
}
