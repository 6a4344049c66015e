using System.Collections.Concurrent;
using Orleans.Storage;
using Orleans.Streams;
using TtsGrains.Engine.Tests.Grains;
using TtsGrains.Engine.Tests.Hosting;
using TtsGrains.Testing;

namespace TtsGrains.Engine.Tests.Embedded;

/// <summary>Where the embedded engine promises more than Microsoft Orleans does.</summary>
public sealed class EmbeddedOnlyTests(SharedHost host)
{
    private readonly string _key = Guid.NewGuid().ToString("N");

    [Fact]
    public async Task Cancel_OfAWaitingCall_MeansItNeverStarts()
    {
        using var source = new CancellationTokenSource();
        var grain = host.Engine.Grain<ICancelGrain>(_key);
        var gate = Gate.New(out var name);
        var running = grain.HoldAsync(name);
        await gate.Reached;
        var never = Gate.New(out var neverName);
        var waiting = grain.WaitForCancelAsync(neverName, source.Token);

        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        gate.Open();
        await running;
        await grain.CanBeCancelledLaterAsync("after", CancellationToken.None);

        Assert.False(never.IsReached);
    }

    [Fact]
    public async Task Publisher_WaitsForASlowSubscriber()
    {
        var stream = host.Engine.Client.GetStreamProvider("streams").GetStream<int>(StreamId.Create("slow", _key));
        var gate = Gate.New(out _);
        var heard = new ConcurrentQueue<int>();
        var handle = await stream.SubscribeAsync(async (item, _) =>
        {
            await gate.PassAsync();
            heard.Enqueue(item);
        });
        var published = 0;
        Task pending;
        do
        {
            pending = stream.OnNextAsync(published++);
        }
        while (pending.IsCompleted && published < 10_000);

        Assert.InRange(published, 2, 1_000);
        gate.Open();
        await pending;
        await Eventually.IsAsync(() => Task.FromResult(heard.Count), published, TestContext.Current.CancellationToken);
        await handle.UnsubscribeAsync();
        Assert.Equal(Enumerable.Range(0, published), heard);
    }

    [Fact]
    public async Task DeletedObserver_FailsItsCallers_AtOnce()
    {
        var watcher = new Watcher();
        var reference = host.Engine.Grains.CreateObjectReference<IWatcher>(watcher);

        host.Engine.Grains.DeleteObjectReference<IWatcher>(reference);

        await Assert.ThrowsAsync<OrleansException>(() => reference.OnEventAsync(1));
        GC.KeepAlive(watcher);
    }

    [Fact]
    public async Task Observer_PassedWithoutReference_IsRefused()
        => await Assert.ThrowsAsync<ArgumentException>(() => host.Engine.Grain<IObservedGrain>().WatchAsync(new Watcher()));

    [Fact]
    public async Task State_InFiles_OutlivesTheHost()
    {
        var directory = Directory.CreateTempSubdirectory("states-");
        try
        {
            for (var run = 1; run <= 2; run++)
            {
                await using var own = await EngineHost.StartAsync(silo => silo.AddFileGrainStorage("store", directory.FullName));
                var grain = own.Grain<IStateGrain>(_key);

                await grain.AddAsync("x", write: true);

                Assert.Equal(run, (await grain.ViewAsync()).Count);
            }
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task State_ChangedBySomebodyElse_FailsTheWrite_AndTheNextActivationReadsIt()
    {
        var directory = Directory.CreateTempSubdirectory("states-");
        try
        {
            await using var own = await EngineHost.StartAsync(silo => silo.AddFileGrainStorage("store", directory.FullName));
            var grain = own.Grain<IStateGrain>(_key);
            await grain.AddAsync("mine", write: true);
            var file = Assert.Single(directory.GetFiles("*.json", SearchOption.AllDirectories)).FullName;
            await File.WriteAllTextAsync(
                file, """{"etag":"theirs","state":{"Count":7,"Names":["theirs"]}}""", TestContext.Current.CancellationToken);

            await Assert.ThrowsAsync<InconsistentStateException>(() => grain.AddAsync("late", write: true));

            Assert.Equal(7, (await grain.ViewAsync()).Count);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Observer_ThatNothingKeepsAlive_IsForgotten()
    {
        var reference = Abandon();
        while (true)
        {
            GC.Collect();
            try
            {
                await reference.OnEventAsync(1);
            }
            catch (OrleansException)
            {
                return;
            }
        }

        IWatcher Abandon() => host.Engine.Grains.CreateObjectReference<IWatcher>(new Watcher());
    }

    [Fact]
    public async Task Call_AfterTheHostStopped_Fails()
    {
        var own = await EngineHost.StartAsync();
        var grain = own.Grain<ITurnGrain>(_key);
        await grain.NoteAsync("before");

        await own.StopAsync();

        await Assert.ThrowsAsync<OrleansException>(() => grain.NoteAsync("after"));
    }

    private sealed class Watcher : IWatcher
    {
        public Task OnEventAsync(int number) => Task.CompletedTask;

        public void OnVoid(int number)
        {
        }
    }
}
