using Microsoft.Extensions.DependencyInjection;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Grains.Interfaces.Connections;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Upstreams;

/// <summary>Dialling and retiring of one upstream socket.</summary>
public sealed class ConnectionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Retire_WithoutContexts_ClosesTheSocket()
    {
        await using var service = await RunningService.StartAsync();
        var grains = service.Services.GetRequiredService<IGrainFactory>();
        var connection = grains.GetGrain<IConnectionGrain>(new ConnectionKey("main", "elsewhere", 1).ToString());
        var before = service.Upstream.Sockets.Count;
        Assert.Equal(DialResult.Connected, (await connection.ConnectAsync()).Result);
        await service.Upstream.Changes.WhenAsync(() => service.Upstream.Sockets.Count == before + 1, Cancellation);

        Assert.True(await connection.RetireAsync());

        await service.Upstream.Changes.WhenAsync(() => service.Upstream.Sockets[before].IsClosed, Cancellation);
    }

    [Fact]
    public async Task Connect_Refused_SaysHowAndMayBeTriedAgain()
    {
        await using var service = await RunningService.StartAsync();
        var grains = service.Services.GetRequiredService<IGrainFactory>();
        var connection = grains.GetGrain<IConnectionGrain>(new ConnectionKey("main", "elsewhere", 2).ToString());
        service.Upstream.Refuse(429, ("Retry-After", "7"));
        Assert.Equal(new DialOutcome(DialResult.Limited, 429, TimeSpan.FromSeconds(7)), await connection.ConnectAsync());

        service.Upstream.Refuse(0);
        await Eventually.IsAsync(async () => (await connection.ConnectAsync()).Result, DialResult.Connected, Cancellation);
    }
}
