using Microsoft.Extensions.DependencyInjection;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Grains.Interfaces.Connections;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Upstreams;

/// <summary>What a connection answers to those who cannot use it.</summary>
public sealed class ConnectionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A context without a log here was once told that the socket is gone, and asked for another one for ever.</summary>
    [Fact]
    public async Task Open_ContextThatDoesNotLiveHere_IsToldSo()
    {
        await using var service = await RunningService.StartAsync();
        var grains = service.Services.GetRequiredService<IGrainFactory>();
        var connection = grains.GetGrain<IConnectionGrain>(new ConnectionKey("main", "elsewhere", 1).ToString());
        Assert.Equal(SendResult.SocketGone, await connection.OpenAsync("acme/s/c/1", 1, "upstream-id", []));

        Assert.Equal(DialResult.Connected, (await connection.ConnectAsync()).Result);
        Assert.Equal(SendResult.ContextGone, await connection.OpenAsync("acme/s/c/1", 1, "upstream-id", []));
        Assert.False(await connection.SendAsync("upstream-id", []));
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
