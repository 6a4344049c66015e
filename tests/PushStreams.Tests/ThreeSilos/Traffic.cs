using Orleans.Streams;
using TtsGrains.PushStreams.Tests.Hosting;

namespace TtsGrains.PushStreams.Tests.ThreeSilos;

/// <summary>Numbers on many streams, published and heard outside of the silos until it is told to stop.</summary>
internal sealed class Traffic : IAsyncDisposable
{
    // Enough to have something under way at any time, without taking the machine from the silos.
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly Hearer[] _hearers;
    private readonly List<int>[] _published;
    private readonly Task[] _publishing;

    private Traffic(StreamCluster cluster, Hearer[] hearers)
    {
        _hearers = hearers;
        _published = [.. hearers.Select(_ => new List<int>())];
        _publishing = [.. hearers.Select((_, s) => PublishAsync(cluster.Stream($"traffic-{s}"), _published[s]))];
    }

    public static async Task<Traffic> StartAsync(StreamCluster cluster, int streams)
    {
        var hearers = Enumerable.Range(0, streams).Select(_ => new Hearer()).ToArray();
        for (var s = 0; s < streams; s++)
        {
            await cluster.Stream($"traffic-{s}").SubscribeAsync(hearers[s]);
        }

        return new Traffic(cluster, hearers);
    }

    /// <summary>Completes when every stream has brought twenty numbers more that were published after this was called.</summary>
    public async Task FlowAsync()
    {
        for (var s = 0; s < _hearers.Length; s++)
        {
            int next;
            lock (_published[s])
            {
                next = _published[s].Count == 0 ? 0 : _published[s][^1] + 1;
            }

            await _hearers[s].UntilAsync(hearer => hearer.Heard.Count(item => item >= next) >= 20);
        }
    }

    /// <summary>Publishes nothing more, and waits for what was published last.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_publishing);
        for (var s = 0; s < _hearers.Length; s++)
        {
            await _hearers[s].UntilAsync(_published[s][^1]);
        }
    }

    /// <summary>Nothing came before what was published earlier, but for what came again.</summary>
    public void AssertOrdered() => Assert.All(_hearers, hearer =>
    {
        var once = hearer.Heard.Distinct().ToArray();
        Assert.Equal(once.Order(), once);
    });

    /// <summary>All that was published without an error has come.</summary>
    public void AssertComplete()
        => Assert.All(_hearers.Zip(_published), pair => Assert.Empty(pair.Second.Except(pair.First.Heard)));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_publishing);
        _stop.Dispose();
    }

    private async Task PublishAsync(IAsyncStream<int> stream, List<int> published)
    {
        using var timer = new PeriodicTimer(Pace);
        for (var i = 0; !_stop.IsCancellationRequested; i++)
        {
            await timer.WaitForNextTickAsync(CancellationToken.None);
            try
            {
                await stream.OnNextAsync(i);
                lock (published)
                {
                    published.Add(i);
                }
            }
            catch (Exception)
            {
                // Left out: whoever listens sees the gap.
            }
        }
    }
}
