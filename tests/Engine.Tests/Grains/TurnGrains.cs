using Orleans.Concurrency;
using TtsGrains.Engine.Tests.Hosting;

namespace TtsGrains.Engine.Tests.Grains;

public interface ITurnGrain : IGrainWithStringKey
{
    /// <summary>Waits at the gate; writes "in name" and "out name" into the journal.</summary>
    Task HoldAsync(string gate, string name);

    Task NoteAsync(string name);

    [AlwaysInterleave]
    Task InterleaveAsync(string name);

    [ReadOnly]
    Task ReadAsync(string gate, string name);

    [OneWay]
    Task OneWayAsync(string gate);

    /// <summary>Whether the scheduler after several kinds of await is the one before.</summary>
    Task<bool> StaysOnSchedulerAsync();

    /// <summary>How many turns of such calls were seen at the same time, at most.</summary>
    Task<int> OverlapAsync(int awaits);

    Task CallAsync(ITurnGrain other, string name);

    Task<string> SelfKeyAsync();

    ValueTask<int> AddAsync(int left, int right);

    Task FailAsync(string message);
}

public interface IReentrantTurnGrain : ITurnGrain;

public class TurnGrain : Grain, ITurnGrain
{
    private int _turns;
    private int _overlap;

    private Journal Journal => Journal.Of(this.GetPrimaryKeyString());

    public async Task HoldAsync(string gate, string name)
    {
        Journal.Add("in " + name);
        await Gate.Of(gate).PassAsync();
        Journal.Add("out " + name);
    }

    public Task NoteAsync(string name)
    {
        Journal.Add(name);
        return Task.CompletedTask;
    }

    public Task InterleaveAsync(string name) => NoteAsync(name);

    public Task ReadAsync(string gate, string name) => HoldAsync(gate, name);

    public async Task OneWayAsync(string gate)
    {
        await Gate.Of(gate).PassAsync();
        Journal.Add("one way done");
    }

    public async Task<bool> StaysOnSchedulerAsync()
    {
        var before = TaskScheduler.Current;
        var same = before != TaskScheduler.Default;
        await Task.Yield();
        same &= TaskScheduler.Current == before;
        await Task.Run(() => { });
        same &= TaskScheduler.Current == before;
        await Task.WhenAll(Nested(), Nested());
        return same && TaskScheduler.Current == before;

        async Task Nested()
        {
            await Task.Delay(1);
            same &= TaskScheduler.Current == before;
        }
    }

    public async Task<int> OverlapAsync(int awaits)
    {
        for (var i = 0; i < awaits; i++)
        {
            _overlap = Math.Max(_overlap, Interlocked.Increment(ref _turns));
            Thread.SpinWait(50);
            Interlocked.Decrement(ref _turns);
            await Task.Yield();
        }

        return _overlap;
    }

    public async Task CallAsync(ITurnGrain other, string name)
    {
        await other.NoteAsync(name);
        Journal.Add("called");
    }

    public Task<string> SelfKeyAsync() => Task.FromResult(this.AsReference<ITurnGrain>().GetPrimaryKeyString());

    public ValueTask<int> AddAsync(int left, int right) => ValueTask.FromResult(left + right);

    public async Task FailAsync(string message)
    {
        await Task.Yield();
        throw new InvalidOperationException(message);
    }
}

[Reentrant]
public sealed class ReentrantTurnGrain : TurnGrain, IReentrantTurnGrain;
