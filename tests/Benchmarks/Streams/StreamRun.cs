using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Streams;
using Orleans.TestingHost;

namespace TtsGrains.Benchmarks.Streams;

/// <summary>Measures one provider in silos of its own.</summary>
internal sealed class StreamRun : IAsyncDisposable
{
    private const int Warming = 200;
    private const int FirstEvents = 100;
    private const int PacedEvents = 400;
    private const int ManyStreams = 32;
    private const int Batch = 64;
    private static readonly TimeSpan FullSpeed = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan MaxRetryDelay = TimeSpan.FromMilliseconds(20);

    private readonly InProcessTestCluster _cluster;
    private readonly IClusterClient _client;
    private int _streams;

    private StreamRun(InProcessTestCluster cluster, IClusterClient client) => (_cluster, _client) = (cluster, client);

    public static async Task<StreamRun> StartAsync(StreamSetup setup, StreamPlace place)
    {
        var builder = new InProcessTestClusterBuilder(place.Silos);
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureHost(host => host.Logging.ClearProviders());
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddMemoryGrainStorage("PubSubStore");
            setup.OnSilo(silo);
        });
        builder.ConfigureClient(setup.OnClient);
        var cluster = builder.Build();
        await cluster.DeployAsync();
        var client = place.IsOutside ? cluster.Client : cluster.Silos[0].ServiceProvider.GetRequiredService<IClusterClient>();
        return new StreamRun(cluster, client);
    }

    public async Task<StreamFigures> MeasureAsync()
    {
        // Also so that the queues have found their silos.
        await FirstAsync(Warming);
        await PacedAsync(Warming, TimeSpan.Zero);
        var first = await FirstAsync(FirstEvents);
        var paced = await PacedAsync(PacedEvents, MaxRetryDelay);
        var singles = await FullSpeedAsync(1);
        var batches = await FullSpeedAsync(Batch);
        return new StreamFigures(first, paced, singles, batches, await IdleAsync());
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    // From the call of the publisher until the consumer has it.
    private async Task<List<TimeSpan>> FirstAsync(int streams)
    {
        var delays = new List<TimeSpan>();
        for (var i = 0; i < streams; i++)
        {
            var (stream, hearer, handle) = await NewAsync();
            await PauseAsync(MaxRetryDelay);
            delays.Add(await PublishAsync(stream, hearer));
            await handle.UnsubscribeAsync();
        }

        return delays;
    }

    private async Task<List<TimeSpan>> PacedAsync(int events, TimeSpan longestPause)
    {
        var delays = new List<TimeSpan>();
        var (stream, hearer, handle) = await NewAsync();
        await PublishAsync(stream, hearer);
        for (var i = 0; i < events; i++)
        {
            await PauseAsync(longestPause);
            delays.Add(await PublishAsync(stream, hearer));
        }

        await handle.UnsubscribeAsync();
        return delays;
    }

    // Each stream has one call under way at a time, and no more than the queue of the memory streams takes.
    private async Task<double> FullSpeedAsync(int batch)
    {
        var window = Math.Max(batch * 4, 64);
        var streams = new List<(IAsyncStream<Sample> Stream, SampleHearer Hearer, StreamSubscriptionHandle<Sample> Handle)>();
        for (var i = 0; i < ManyStreams; i++)
        {
            streams.Add(await NewAsync());
        }

        var begun = Stopwatch.GetTimestamp();
        await Task.WhenAll(streams.Select(async stream =>
        {
            await Task.Yield();
            for (var sent = 0; Stopwatch.GetElapsedTime(begun) < FullSpeed; sent += batch)
            {
                await stream.Hearer.WhenAsync(sent - window);
                await stream.Stream.OnNextBatchAsync(Enumerable.Range(sent, batch).Select(Sample.Of).ToArray());
            }
        }));
        var perSecond = streams.Sum(stream => stream.Hearer.Heard) / Stopwatch.GetElapsedTime(begun).TotalSeconds;
        foreach (var (_, _, handle) in streams)
        {
            await handle.UnsubscribeAsync();
        }

        return perSecond;
    }

    private static async Task<double> IdleAsync()
    {
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        var (cpu, begun) = (process.TotalProcessorTime, Stopwatch.GetTimestamp());
        await Task.Delay(Idle);
        process.Refresh();
        return (process.TotalProcessorTime - cpu) / Stopwatch.GetElapsedTime(begun);
    }

    private static Task PauseAsync(TimeSpan longest) => longest == TimeSpan.Zero ? Task.CompletedTask : Task.Delay(longest * Random.Shared.NextDouble());

    private static async Task<TimeSpan> PublishAsync(IAsyncStream<Sample> stream, SampleHearer hearer)
    {
        var heard = hearer.WhenAsync(hearer.Heard + 1);
        var begun = Stopwatch.GetTimestamp();
        await stream.OnNextAsync(Sample.Of(0));
        await heard;
        return Stopwatch.GetElapsedTime(begun);
    }

    private async Task<(IAsyncStream<Sample> Stream, SampleHearer Hearer, StreamSubscriptionHandle<Sample> Handle)> NewAsync()
    {
        var stream = _client.GetStreamProvider(StreamSetup.Provider).GetStream<Sample>(StreamId.Create("samples", $"{_streams++}"));
        var hearer = new SampleHearer();
        return (stream, hearer, await stream.SubscribeAsync(hearer));
    }
}
