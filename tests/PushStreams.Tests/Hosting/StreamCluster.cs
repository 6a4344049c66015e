using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Storage;
using Orleans.Streams;
using Orleans.TestingHost;
using TtsGrains.PushStreams.Diagnostics;
using TtsGrains.PushStreams.Queues;

namespace TtsGrains.PushStreams.Tests.Hosting;

/// <summary>Silos in this process with push streams, and a client outside of them.</summary>
public sealed class StreamCluster : IAsyncDisposable
{
    public const string Provider = "push";

    private readonly InProcessTestCluster _cluster;

    private StreamCluster(InProcessTestCluster cluster, SharedStorage storage) => (_cluster, Storage) = (cluster, storage);

    /// <summary>Where subscriptions are kept.</summary>
    public SharedStorage Storage { get; }

    /// <summary>A client outside of the silos.</summary>
    public IClusterClient Client => _cluster.Client;

    public IReadOnlyList<InProcessSiloHandle> Silos => _cluster.Silos;

    /// <param name="silos">How many.</param>
    /// <param name="configure">Changes the settings of silos and client.</param>
    /// <param name="configureSilo">Adds to the silos.</param>
    /// <param name="configureClient">Changes the settings of the client.</param>
    public static async Task<StreamCluster> StartAsync(
        short silos,
        Action<PushStreamOptions>? configure = null,
        Action<ISiloBuilder>? configureSilo = null,
        Action<PushStreamOptions>? configureClient = null)
    {
        var storage = new SharedStorage();
        var builder = new InProcessTestClusterBuilder(silos);
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureHost(host => host.Logging.ClearProviders());
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddKeyedSingleton<IGrainStorage>("PubSubStore", storage);
            silo.Configure<ClusterMembershipOptions>(membership =>
            {
                membership.ProbeTimeout = TimeSpan.FromSeconds(1);
                membership.NumMissedProbesLimit = 3;
            });
            silo.AddPushStreams(Provider, configure);
            configureSilo?.Invoke(silo);
        });
        builder.ConfigureClient(client => client.AddPushStreams(Provider, options =>
        {
            configure?.Invoke(options);
            configureClient?.Invoke(options);
        }));
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return new StreamCluster(cluster, storage);
    }

    /// <summary>A stream, as the client outside sees it.</summary>
    public IAsyncStream<int> Stream(string key) => Stream(Client, key);

    /// <summary>A stream, as somebody else sees it.</summary>
    public static IAsyncStream<int> Stream(IClusterClient client, string key) => client.GetStreamProvider(Provider).GetStream<int>(StreamId.Create("numbers", key));

    public static IClusterClient ClientOf(InProcessSiloHandle silo) => silo.ServiceProvider.GetRequiredService<IClusterClient>();

    /// <summary>How many queues live on a silo.</summary>
    public static int QueuesOn(InProcessSiloHandle silo) => silo.ServiceProvider.GetRequiredService<LocalPushQueues>().Count;

    public Task KillAsync(InProcessSiloHandle silo) => _cluster.KillSiloAsync(silo);

    public Task StopAsync(InProcessSiloHandle silo) => _cluster.StopSiloAsync(silo);

    public Task<InProcessSiloHandle> StartSiloAsync() => _cluster.StartAdditionalSiloAsync();

    /// <summary>Counts what one of the instruments counts in a silo from now on.</summary>
    public static Count Count(InProcessSiloHandle silo, string instrument)
        => new(silo.ServiceProvider.GetRequiredService<IMeterFactory>().Create(PushStreamInstruments.MeterName), instrument);

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();
}

/// <summary>What an instrument has counted since.</summary>
public sealed class Count : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _value;

    public Count(Meter meter, string instrument)
    {
        _listener.InstrumentPublished = (published, listener) =>
        {
            if (published.Meter == meter && published.Name == instrument)
            {
                listener.EnableMeasurementEvents(published);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, measured, _, _) => Interlocked.Add(ref _value, measured));
        _listener.Start();
    }

    public long Value => Volatile.Read(ref _value);

    public void Dispose() => _listener.Dispose();
}
