using Microsoft.Extensions.DependencyInjection;
using TtsGrains.Engine.Tests.Grains;
using TtsGrains.Engine.Tests.Hosting;
using TtsGrains.Testing;

namespace TtsGrains.Engine.Tests.Embedded;

/// <summary>All of the engine's waiting goes by the clock of the container.</summary>
public sealed class EmbeddedTimeTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly string _key = Guid.NewGuid().ToString("N");
    private EngineHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await EngineHost.StartAsync(silo => silo.Services.AddSingleton<TimeProvider>(_time));

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Response_IsWaitedFor_ThirtySeconds()
    {
        var gate = Gate.New(out var name);
        var call = _host.Grain<ITurnGrain>(_key).HoldAsync(name, "held");
        await gate.Reached;

        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(call.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(2));

        await Assert.ThrowsAsync<TimeoutException>(() => call);
        gate.Open();
    }

    [Fact]
    public async Task WaitingRequest_ThatTimedOut_NeverStarts()
    {
        var gate = Gate.New(out var name);
        var grain = _host.Grain<ITurnGrain>(_key);
        var held = grain.HoldAsync(name, "held");
        await gate.Reached;
        var waiting = grain.NoteAsync("late");

        _time.Advance(TimeSpan.FromSeconds(31));
        await Assert.ThrowsAsync<TimeoutException>(() => waiting);
        await Assert.ThrowsAsync<TimeoutException>(() => held);
        gate.Open();
        await grain.NoteAsync("next");

        await Journal.Of(_key).ExpectAsync("in held", "out held", "next");
    }

    [Fact]
    public async Task IdleActivation_IsCollected_AfterFifteenMinutes()
    {
        var grain = _host.Grain<ILifeGrain>(_key);
        var first = await grain.IncarnationAsync();

        _time.Advance(TimeSpan.FromMinutes(14));
        Assert.Equal(first, await grain.IncarnationAsync());
        _time.Advance(TimeSpan.FromMinutes(17));

        await Journal.Of(_key).ExpectAsync("activating", "activated", "deactivated ActivationIdle", "scope disposed");
        Assert.NotEqual(first, await grain.IncarnationAsync());
    }

    [Fact]
    public async Task GrainTimer_GoesByTheClock_AndDoesNotKeepTheGrain()
    {
        await _host.Grain<ITimerGrain>(_key).StartAsync(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1), failsFirst: false);

        _time.Advance(TimeSpan.FromMinutes(1));

        await Journal.Of(_key).ExpectAsync("tick");
        Assert.Empty(Journal.Of(_key).Drain());
    }
}
