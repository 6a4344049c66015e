using TtsGrains.Engine.Tests.Grains;
using TtsGrains.Engine.Tests.Hosting;

namespace TtsGrains.Engine.Tests.Contract;

public sealed class TimerTests(SharedHost host)
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(10);

    private readonly string _key = Guid.NewGuid().ToString("N");

    private ITimerGrain Grain => host.Engine.Grain<ITimerGrain>(_key);

    private Journal Journal => Journal.Of(_key);

    [Fact]
    public async Task Timer_Ticks_OnTheActivation_AlsoAfterATickThatFailed()
    {
        await Grain.StartAsync(Soon, Soon, failsFirst: true);

        await Journal.ExpectAsync("tick", "tick", "tick");
        Assert.True(await Grain.TicksOnSchedulerAsync());
    }

    [Fact]
    public async Task Timer_WithoutInterleave_WaitsForTheRunningRequest()
    {
        var gate = Gate.New(out var name);
        var request = Grain.StartAndHoldAsync(name, interleave: false);
        await Gate.Of(name + "/due").Reached;
        gate.Open();
        await request;

        await Journal.ExpectAsync("request done", "tick");
    }

    [Fact]
    public async Task Timer_WithInterleave_TicksDuringARequest()
    {
        var gate = Gate.New(out var name);
        var request = Grain.StartAndHoldAsync(name, interleave: true);
        await Journal.ExpectAsync("tick");

        gate.Open();
        await request;

        await Journal.ExpectAsync("request done");
    }

    [Fact]
    public async Task Timer_WithInfinitePeriod_TicksOnce_UntilItIsChanged()
    {
        await Grain.StartAsync(Soon, Timeout.InfiniteTimeSpan, failsFirst: false);
        await Journal.ExpectAsync("tick");

        await Grain.ChangeAsync(Soon, Timeout.InfiniteTimeSpan);

        await Journal.ExpectAsync("tick");
    }

    [Fact]
    public async Task Timer_Disposed_TicksNoMore()
    {
        await Grain.StartAsync(Soon, Soon, failsFirst: false);
        await Journal.ExpectAsync("tick");

        await Grain.StopAsync();
        Journal.Drain();
        await host.Engine.Grain<ITimerGrain>(_key + "other").StartAsync(Soon * 5, Timeout.InfiniteTimeSpan, failsFirst: false);
        await Journal.Of(_key + "other").ExpectAsync("tick");

        Assert.Empty(Journal.Drain());
    }
}
