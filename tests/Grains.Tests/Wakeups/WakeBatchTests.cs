using TtsGrains.Grains.Wakeups;
using Xunit;

namespace TtsGrains.Grains.Tests.Wakeups;

public sealed class WakeBatchTests
{
    private readonly List<string> _order = [];

    [Fact]
    public void Wake_WithoutBatch_IsAtOnce()
    {
        WakeBatch.Wake(new Watcher(this, "a"));

        Assert.Equal(["a woken", "a written"], _order);
    }

    [Fact]
    public void End_Batch_WakesAllWatchersBeforeTheirWork()
    {
        WakeBatch.Begin();
        WakeBatch.Wake(new Watcher(this, "a"));
        WakeBatch.Wake(new Watcher(this, "b"));
        Assert.Empty(_order);

        WakeBatch.End();

        Assert.Equal(["a woken", "b woken", "a written", "b written"], _order);
    }

    [Fact]
    public void End_Twice_WakesOnce()
    {
        WakeBatch.Begin();
        WakeBatch.Wake(new Watcher(this, "a"));
        WakeBatch.End();
        WakeBatch.End();
        WakeBatch.Wake(new Watcher(this, "b"));

        Assert.Equal(["a woken", "a written", "b woken", "b written"], _order);
    }

    [Fact]
    public void Batch_OfOneThread_DefersNothingOfAnother()
    {
        WakeBatch.Begin();
        try
        {
            var other = new Thread(() => WakeBatch.Wake(new Watcher(this, "other")));
            other.Start();
            other.Join();

            Assert.Equal(["other woken", "other written"], _order);
        }
        finally
        {
            WakeBatch.End();
        }
    }

    private sealed class Watcher(WakeBatchTests test, string name) : ILogWatcher, IDeferredWork
    {
        public void OnAppended()
        {
            test._order.Add($"{name} woken");
            WakeBatch.Run(this);
        }

        public void Run() => test._order.Add($"{name} written");
    }
}
