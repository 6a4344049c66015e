using TtsGrains.Engine.Tests.Grains;
using TtsGrains.Engine.Tests.Hosting;

namespace TtsGrains.Engine.Tests.Contract;

public sealed class TurnTests(SharedHost host)
{
    private readonly string _key = Guid.NewGuid().ToString("N");

    private ITurnGrain Grain => host.Engine.Grain<ITurnGrain>(_key);

    private Journal Journal => Journal.Of(_key);

    [Fact]
    public async Task Request_WhileAnotherAwaits_WaitsUntilThatCompletes()
    {
        var gate = Gate.New(out var name);
        var first = Grain.HoldAsync(name, "first");
        await gate.Reached;
        var second = Grain.NoteAsync("second");
        var third = Grain.NoteAsync("third");
        await Grain.InterleaveAsync("interleaved");

        gate.Open();
        await Task.WhenAll(first, second, third);

        await Journal.ExpectAsync("in first", "interleaved", "out first", "second", "third");
    }

    [Fact]
    public async Task Request_OfReentrantGrain_RunsWhileAnotherAwaits()
    {
        var gate = Gate.New(out var name);
        var grain = host.Engine.Grain<IReentrantTurnGrain>(_key);
        var first = grain.HoldAsync(name, "first");
        await gate.Reached;

        await grain.NoteAsync("second");
        gate.Open();
        await first;

        await Journal.ExpectAsync("in first", "second", "out first");
    }

    [Fact]
    public async Task ReadOnlyRequests_RunTogether_ButNotWithOthers()
    {
        var gateA = Gate.New(out var a);
        var gateB = Gate.New(out var b);
        var first = Grain.ReadAsync(a, "a");
        await gateA.Reached;
        var second = Grain.ReadAsync(b, "b");
        await gateB.Reached;
        var write = Grain.NoteAsync("write");
        await Grain.InterleaveAsync("still reading");

        gateB.Open();
        await second;
        gateA.Open();
        await Task.WhenAll(first, write);

        var journal = Journal.Drain();
        Assert.Equal(["in a", "in b", "still reading", "out b"], journal.Take(4));
        Assert.Contains("write", journal.Skip(4));
    }

    [Fact]
    public async Task Scheduler_AfterAwaits_IsTheActivations() => Assert.True(await Grain.StaysOnSchedulerAsync());

    [Fact]
    public async Task Turns_OfManyInterleavedRequests_NeverOverlap()
    {
        var grain = host.Engine.Grain<IReentrantTurnGrain>(_key);

        var overlaps = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => grain.OverlapAsync(awaits: 20)));

        Assert.Equal(1, overlaps.Max());
    }

    [Fact]
    public async Task Caller_WaitsForAnotherGrain_AndGoesOnInItsOwnTurn()
    {
        await Grain.CallAsync(host.Engine.Grain<ITurnGrain>(_key + "other"), "hello");

        await Journal.Of(_key + "other").ExpectAsync("hello");
        await Journal.ExpectAsync("called");
    }

    [Fact]
    public async Task OneWay_Call_ReturnsBeforeTheWorkIsDone()
    {
        var gate = Gate.New(out var name);

        await Grain.OneWayAsync(name);
        await gate.Reached;
        gate.Open();

        await Journal.ExpectAsync("one way done");
    }

    [Fact]
    public async Task ValueTask_Result_Arrives() => Assert.Equal(5, await Grain.AddAsync(2, 3));

    [Fact]
    public async Task References_OfOneGrain_AreEqualAndKnowTheKey()
    {
        Assert.Equal(Grain, host.Engine.Grain<ITurnGrain>(_key));
        Assert.NotEqual(Grain, host.Engine.Grain<ITurnGrain>());
        Assert.Equal(_key, Grain.GetPrimaryKeyString());
        Assert.Equal(_key, await Grain.SelfKeyAsync());
    }

    [Fact]
    public async Task Exception_OfTheGrain_ReachesTheCallerUnchanged()
    {
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => Grain.FailAsync("boom"));

        Assert.Equal("boom", exception.Message);
        Assert.Contains(nameof(TurnGrain.FailAsync), exception.StackTrace);
    }
}
