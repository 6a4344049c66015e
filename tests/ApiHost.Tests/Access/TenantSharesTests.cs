using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using TtsGrains.ApiHost.Tenants;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Grains.Clustering;
using TtsGrains.Grains.Interfaces.Tenants;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Access;

/// <summary>Two hosts of a cluster, on the grain of one tenant, keep to its limits together.</summary>
public sealed class TenantSharesTests
{
    private const int Limit = 10;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sockets_OfTwoHosts_ReachTheLimitTogetherAndNeverPassIt()
    {
        await using var service = await RunningService.StartAsync();
        var (a, b) = (Host(service), Host(service));
        var (ofA, ofB) = (0, 0);

        await Eventually.IsAsync(
            async () =>
            {
                ofA += await a.TryEnterAsync(RunningService.Acme, ShareKind.Sockets, Limit) ? 1 : 0;
                ofB += await b.TryEnterAsync(RunningService.Acme, ShareKind.Sockets, Limit) ? 1 : 0;
                Assert.InRange(ofA + ofB, 0, Limit);
                await RenewAsync(a, b);
                return ofA + ofB == Limit;
            },
            true,
            Token);

        Assert.False(await a.TryEnterAsync(RunningService.Acme, ShareKind.Sockets, Limit));
        Assert.False(await b.TryEnterAsync(RunningService.Acme, ShareKind.Sockets, Limit));
        a.Leave(RunningService.Acme, ShareKind.Sockets);
        await Eventually.IsAsync(
            async () =>
            {
                await RenewAsync(a, b);
                return await b.TryEnterAsync(RunningService.Acme, ShareKind.Sockets, Limit);
            },
            true,
            Token);
        Assert.False(await a.TryEnterAsync(RunningService.Acme, ShareKind.Sockets, Limit));
    }

    [Fact]
    public async Task Sockets_OfAHostThatCannotAsk_AreLetIn()
    {
        TenantShares host;
        await using (var service = await RunningService.StartAsync())
        {
            host = Host(service);
        }

        Assert.All(await Task.WhenAll(EnterAsync(), EnterAsync()), Assert.True);

        Task<bool> EnterAsync() => host.TryEnterAsync(RunningService.Acme, ShareKind.Sockets, 1).AsTask();
    }

    [Fact]
    public async Task Characters_OfTwoHosts_KeepToOneRateWithoutWaiting()
    {
        await using var service = await RunningService.StartAsync();
        var (a, b) = (Host(service), Host(service));
        await a.PrepareAsync(RunningService.Acme, (ShareKind.Characters, Limit));
        await b.PrepareAsync(RunningService.Acme, (ShareKind.Characters, Limit));
        var spoken = 0;

        for (var i = 0; i < 5 * Limit; i++)
        {
            spoken += a.TryCount(RunningService.Acme, ShareKind.Characters, Limit, 1) ? 1 : 0;
            spoken += b.TryCount(RunningService.Acme, ShareKind.Characters, Limit, 1) ? 1 : 0;
            await RenewAsync(a, b);
        }

        Assert.Equal(Limit, spoken);
    }

    private static TenantShares Host(RunningService service) => new(
        new ClusterSettings { Mode = ClusterMode.Client }, service.Services.GetRequiredService<IGrainFactory>(), TimeProvider.System, NullLogger<TenantShares>.Instance);

    private static async Task RenewAsync(TenantShares a, TenantShares b)
    {
        await a.RenewAsync();
        await b.RenewAsync();
    }
}
