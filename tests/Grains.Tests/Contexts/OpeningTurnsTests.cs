using TtsGrains.Grains.Contexts.Lifecycle;
using Xunit;

namespace TtsGrains.Grains.Tests.Contexts;

public sealed class OpeningTurnsTests
{
    private readonly OpeningTurns _turns = new();

    [Fact]
    public async Task Opening_ThatWaitsForNothing_IsOverWhenTheCallReturns()
    {
        var caller = Environment.CurrentManagedThreadId;

        var opened = _turns.Run(() => Task.FromResult(Environment.CurrentManagedThreadId));

        Assert.True(opened.IsCompleted);
        Assert.Equal(caller, await opened);
    }

    [Fact]
    public async Task WhatIsAwaited_ContinuesOnlyOnTheGrain()
    {
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var grain = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler;
        var hasContinued = false;
        var opened = _turns.Run(async () =>
        {
            await answer.Task;
            hasContinued = true;
            return TaskScheduler.Current;
        });

        answer.SetResult();
        await Task.Run(() => Assert.False(hasContinued), TestContext.Current.CancellationToken);
        _turns.HandOver(grain);

        Assert.Same(_turns, await opened);
    }

    [Fact]
    public async Task ManyContinuations_BeforeAndAfterTheGrainIsThere_RunOneAtATime()
    {
        const int Continuations = 200;
        var (running, most, done) = (0, 0, 0);
        var gates = Enumerable.Range(0, Continuations).Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).ToArray();
        var opened = _turns.Run(() => Task.WhenAll(gates.Select(async gate =>
        {
            await gate.Task;
            most = Math.Max(most, Interlocked.Increment(ref running));
            Thread.SpinWait(100);
            Interlocked.Decrement(ref running);
            return ++done;
        })));

        var firing = Task.Run(() => Parallel.ForEach(gates, gate => gate.SetResult()), TestContext.Current.CancellationToken);
        _turns.HandOver(new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler);
        await firing;

        Assert.Equal(Continuations, (await opened).Max());
        Assert.Equal((1, Continuations), (most, done));
    }

    [Fact]
    public async Task Opening_ThatThrows_HasFailed()
        => await Assert.ThrowsAsync<InvalidOperationException>(() => _turns.Run<int>(() => throw new InvalidOperationException()));
}
