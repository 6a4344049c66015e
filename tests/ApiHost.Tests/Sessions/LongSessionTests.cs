using Microsoft.Extensions.DependencyInjection;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Sessions;

/// <summary>Sessions whose contexts fill several stored pages.</summary>
public sealed class LongSessionTests
{
    private const int Count = 200;

    private static readonly SessionTerms Terms = new(Reference: null, IsKept: true, IsNumbered: false);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Session_ReloadedFromStorage_HasAllContextsAndContinuesTheirNumbers()
    {
        await using var service = await RunningService.StartAsync();
        var grains = service.Services.GetRequiredService<IGrainFactory>();
        var session = grains.GetGrain<ISessionGrain>(new SessionKey(RunningService.Acme, "long").ToString());
        for (var number = 1; number <= Count; number++)
        {
            Assert.Equal(number, (await session.OnOpenedAsync(KeyOf(number), Terms)).Ordinal);
        }

        await ReloadAsync(grains, session);

        Assert.Equal(Enumerable.Range(1, Count).Select(KeyOf), (await session.GetAsync()).Contexts.Select(context => context.ContextKey));
        Assert.Equal(7, (await session.OnOpenedAsync(KeyOf(7), Terms)).Ordinal);
        Assert.Equal(Count + 1, (await session.OnOpenedAsync(KeyOf(Count + 1), Terms)).Ordinal);
    }

    [Fact]
    public async Task Session_Forgotten_BeginsAnew()
    {
        await using var service = await RunningService.StartAsync();
        var grains = service.Services.GetRequiredService<IGrainFactory>();
        var session = grains.GetGrain<ISessionGrain>(new SessionKey(RunningService.Acme, "long").ToString());
        for (var number = 1; number <= Count; number++)
        {
            await session.OnOpenedAsync(KeyOf(number), Terms);
        }

        await session.ForgetAsync();
        await ReloadAsync(grains, session);
        Assert.Empty((await session.GetAsync()).Contexts);

        for (var number = 1; number <= Count; number++)
        {
            Assert.Equal(number, (await session.OnOpenedAsync(KeyOf(1000 + number), Terms)).Ordinal);
        }
    }

    private static async Task ReloadAsync(IGrainFactory grains, ISessionGrain session)
    {
        var management = grains.GetGrain<IManagementGrain>(0);
        await management.ForceActivationCollection(TimeSpan.Zero);
        await Eventually.IsTrueAsync(() => management.GetActivationAddress(session).AsTask().GetAwaiter().GetResult() is null, Cancellation);
    }

    private static string KeyOf(int number) => new ContextKey(RunningService.Acme, "long", $"c{number}", "1").ToString();
}
