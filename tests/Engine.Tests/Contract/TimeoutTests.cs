using Orleans.Configuration;
using TtsGrains.Engine.Tests.Grains;
using TtsGrains.Engine.Tests.Hosting;

namespace TtsGrains.Engine.Tests.Contract;

public sealed class TimeoutTests : IAsyncLifetime
{
    private EngineHost _host = null!;

    public async ValueTask InitializeAsync()
        => _host = await EngineHost.StartAsync(silo => silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromSeconds(1)));

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Call_WithoutResponseInTime_TimesOut_AndTheGrainLivesOn()
    {
        var grain = _host.Grain<ITurnGrain>();
        var gate = Gate.New(out var name);

        await Assert.ThrowsAsync<TimeoutException>(() => grain.HoldAsync(name, "held"));
        gate.Open();

        Assert.Equal(3, await grain.AddAsync(1, 2));
    }

    [Fact]
    public async Task CallChain_BackIntoANonReentrantGrain_TimesOut()
    {
        var grain = _host.Grain<ITurnGrain>();

        await Assert.ThrowsAsync<TimeoutException>(() => grain.CallAsync(grain, "to myself"));
    }
}
