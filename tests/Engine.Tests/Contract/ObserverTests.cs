using System.Threading.Channels;
using TtsGrains.Engine.Tests.Grains;
using TtsGrains.Engine.Tests.Hosting;

namespace TtsGrains.Engine.Tests.Contract;

public sealed class ObserverTests(SharedHost host)
{
    private readonly IObservedGrain _grain = host.Engine.Grain<IObservedGrain>();

    [Fact]
    public async Task Observer_HearsAwaitedCalls_InOrder()
    {
        var watcher = new Watcher();
        await _grain.WatchAsync(host.Engine.Grains.CreateObjectReference<IWatcher>(watcher));

        await _grain.TellAsync(50);

        Assert.Equal(Enumerable.Range(0, 50), watcher.Heard());
        GC.KeepAlive(watcher);
    }

    [Fact]
    public async Task Observer_VoidMethod_IsHeardToo()
    {
        var watcher = new Watcher();
        await _grain.WatchAsync(host.Engine.Grains.CreateObjectReference<IWatcher>(watcher));

        await _grain.TellVoidAsync(7);

        Assert.Equal(7, await watcher.NextAsync());
        GC.KeepAlive(watcher);
    }

    [Fact]
    public async Task Observer_CallsAtTheSameTime_RunOneByOne()
    {
        var watcher = new Watcher();
        var reference = host.Engine.Grains.CreateObjectReference<IWatcher>(watcher);

        await Task.WhenAll(Enumerable.Range(0, 50).Select(reference.OnEventAsync));

        Assert.Equal(1, watcher.Overlap);
        GC.KeepAlive(watcher);
    }

    [Fact]
    public async Task Observer_Failure_ReachesTheGrain()
    {
        var watcher = new Watcher { Fails = true };
        await _grain.WatchAsync(host.Engine.Grains.CreateObjectReference<IWatcher>(watcher));

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => _grain.TellAsync(1));

        Assert.Equal("no", exception.Message);
        GC.KeepAlive(watcher);
    }

    [Fact]
    public async Task Observer_Deleted_HearsNothingMore()
    {
        var watcher = new Watcher();
        var reference = host.Engine.Grains.CreateObjectReference<IWatcher>(watcher);
        await reference.OnEventAsync(1);

        host.Engine.Grains.DeleteObjectReference<IWatcher>(reference);
        reference.OnVoid(2);
        await host.Engine.Grains.CreateObjectReference<IWatcher>(watcher).OnEventAsync(3);

        Assert.Equal([1, 3], watcher.Heard());
        GC.KeepAlive(watcher);
    }

    private sealed class Watcher : IWatcher
    {
        private readonly Channel<int> _heard = Channel.CreateUnbounded<int>();
        private int _running;

        public int Overlap { get; private set; }

        public bool Fails { get; init; }

        public async Task OnEventAsync(int number)
        {
            Overlap = Math.Max(Overlap, Interlocked.Increment(ref _running));
            await Task.Yield();
            Interlocked.Decrement(ref _running);
            _heard.Writer.TryWrite(Fails ? throw new InvalidOperationException("no") : number);
        }

        public void OnVoid(int number) => _heard.Writer.TryWrite(number);

        public async Task<int> NextAsync() => await _heard.Reader.ReadAsync(TestContext.Current.CancellationToken);

        public List<int> Heard()
        {
            var all = new List<int>();
            while (_heard.Reader.TryRead(out var number))
            {
                all.Add(number);
            }

            return all;
        }
    }
}
