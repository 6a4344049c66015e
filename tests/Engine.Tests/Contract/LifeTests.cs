using Orleans.Configuration;
using TtsGrains.Engine.Tests.Grains;
using TtsGrains.Engine.Tests.Hosting;

namespace TtsGrains.Engine.Tests.Contract;

public sealed class LifeTests(SharedHost host)
{
    private readonly string _key = Guid.NewGuid().ToString("N");

    private ILifeGrain Grain => host.Engine.Grain<ILifeGrain>(_key);

    private Journal Journal => Journal.Of(_key);

    [Fact]
    public async Task FirstCalls_AtTheSameTime_ShareOneActivation()
    {
        var gate = Gate.New(out var name);
        LifeGrain.ActivationGates[_key] = name;

        var calls = Enumerable.Range(0, 20).Select(_ => Grain.IncarnationAsync()).ToArray();
        await gate.Reached;
        gate.Open();

        Assert.Single((await Task.WhenAll(calls)).Distinct());
        Assert.Equal(["activating", "activated"], Journal.Drain());
    }

    [Fact]
    public async Task Activation_ThatFails_FailsItsCallers_AndTheNextCallTriesAgain()
    {
        LifeGrain.FailuresLeft[_key] = 2;

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(Grain.IncarnationAsync);
        Assert.Equal("not today", exception.Message);
        await Grain.IncarnationAsync();

        await Journal.ExpectAsync("activating");
        Assert.Contains("activated", Journal.Drain());
    }

    [Fact]
    public async Task DeactivateOnIdle_WithRequestsWaiting_SendsThemToTheNextActivation()
    {
        var first = await Grain.IncarnationAsync();
        var gate = Gate.New(out var name);
        var ending = Grain.HoldThenDeactivateAsync(name);
        await gate.Reached;
        var waiting = Enumerable.Range(0, 5).Select(_ => Grain.IncarnationAsync()).ToArray();

        gate.Open();
        await ending;

        var second = Assert.Single((await Task.WhenAll(waiting)).Distinct());
        Assert.NotEqual(first, second);
        var journal = Journal.Drain();
        Assert.Equal(["activating", "activated", "request done", "deactivated ApplicationRequested"], journal.Take(4));
        Assert.Equal(["activated", "activating", "scope disposed"], journal.Skip(4).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Scope_OfAnActivation_IsDisposedWithIt()
    {
        await Grain.DeactivateAsync();

        await Journal.ExpectAsync("activating", "activated", "deactivated ApplicationRequested", "scope disposed");
    }

    [Fact]
    public async Task IdleActivation_IsCollected_UnlessItAskedForDelay()
    {
        await using var own = await EngineHost.StartAsync(silo => silo.Configure<GrainCollectionOptions>(options =>
        {
            options.CollectionQuantum = TimeSpan.FromSeconds(1);
            options.CollectionAge = TimeSpan.FromSeconds(1.5);
        }));
        var kept = Guid.NewGuid().ToString("N");
        await own.Grain<ILifeGrain>(kept).DelayDeactivationAsync(TimeSpan.FromHours(1));

        await own.Grain<ILifeGrain>(_key).IncarnationAsync();

        await Journal.ExpectAsync("activating", "activated", "deactivated ActivationIdle");
        Assert.DoesNotContain("deactivated ActivationIdle", Journal.Of(kept).Drain());
    }

    [Fact]
    public async Task HostStop_DeactivatesEveryGrain()
    {
        var own = await EngineHost.StartAsync();
        await own.Grain<ILifeGrain>(_key).IncarnationAsync();

        await own.DisposeAsync();

        Assert.Equal(["activating", "activated", "deactivated ShuttingDown", "scope disposed"], Journal.Drain());
    }
}
