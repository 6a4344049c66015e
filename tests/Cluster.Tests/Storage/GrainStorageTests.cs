using System.Runtime.Versioning;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Storage;
using TtsGrains.Cluster.Tests.Hosting;
using TtsGrains.Grains.Clustering;
using TtsGrains.Grains.Hosting;
using TtsGrains.Grains.Storage;

namespace TtsGrains.Cluster.Tests.Storage;

/// <summary>What Orleans' storage provider needs of our statements: one version after the other, and nothing left of what was cleared.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class GrainStorageTests(SharedPostgres shared) : IClassFixture<SharedPostgres>, IDisposable
{
    private const string StateName = "thing";

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("tts-cluster-tests-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _data.Delete(recursive: true);

    [ClusterFact]
    public async Task State_WrittenReadAndCleared_LeavesNothing()
    {
        using var host = await StartAsync();
        var storage = host.Services.GetRequiredKeyedService<IGrainStorage>(GrainStorage.Name);
        var grain = GrainId.Create("test", "a/b/c");

        var written = new GrainState<List<string>>(["one"]);
        await storage.WriteStateAsync(StateName, grain, written);
        written.State!.Add("two");
        await storage.WriteStateAsync(StateName, grain, written);
        var read = new GrainState<List<string>>();
        await storage.ReadStateAsync(StateName, grain, read);
        await storage.ClearStateAsync(StateName, grain, read);

        Assert.Equal(["one", "two"], written.State);
        Assert.False(read.RecordExists);
        Assert.Equal("0", await (await shared.GetAsync()).RunSqlAsync("SELECT count(*) FROM tts_grain_state WHERE key_text = 'a/b/c'", Token));
        await host.StopAsync(Token);
    }

    [ClusterFact]
    public async Task State_WrittenByTwo_OneIsTold()
    {
        using var host = await StartAsync();
        var storage = host.Services.GetRequiredKeyedService<IGrainStorage>(GrainStorage.Name);
        var grain = GrainId.Create("test", "contested");

        var first = new GrainState<string>("first");
        await storage.WriteStateAsync(StateName, grain, first);
        var second = new GrainState<string>("second");
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync(StateName, grain, second));
        await storage.ReadStateAsync(StateName, grain, second);
        second.State = "second";
        await storage.WriteStateAsync(StateName, grain, second);
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync(StateName, grain, first));
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.ClearStateAsync(StateName, grain, first));

        await storage.ReadStateAsync(StateName, grain, first);
        Assert.Equal("second", first.State);
        await host.StopAsync(Token);
    }

    // A silo as the service has it; its upstream is away, which is no matter here.
    private async Task<IHost> StartAsync()
    {
        var postgres = await shared.GetAsync();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Cluster:ConnectionString"] = postgres.ConnectionString,
            ["Cluster:Tls:Off"] = "true",
            ["Upstreams:main:Url"] = "ws://127.0.0.1:1/tts/websocket",
        });
        var cluster = ClusterSettings.Read(builder.Configuration, ClusterMode.Member);
        builder.AddGrains(_data.FullName, cluster);
        var host = builder.Build();
        await host.Services.GetRequiredService<ClusterConnection>().WaitAsync(why => throw new InvalidOperationException(why), Token);
        await host.StartAsync(Token);
        return host;
    }
}
