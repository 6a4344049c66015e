using Microsoft.Extensions.DependencyInjection;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.ApiHost.Tests.Sessions;

/// <summary>Sessions whose contexts fill several stored pages.</summary>
public sealed class LongSessionTests : IDisposable
{
    private const int Count = 200;

    private static readonly SessionSettings Settings = new(Reference: null, IsKept: true, IsNumbered: false);

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("tts-grains-");

    public void Dispose() => _data.Delete(recursive: true);

    [Fact]
    public async Task Session_ServiceRestarted_HasAllContextsAndContinuesTheirNumbers()
    {
        await using (var service = await StartAsync())
        {
            await OpenAsync(service, from: 1);
        }

        await using var restarted = await StartAsync();
        var session = SessionOf(restarted);
        Assert.Equal(Enumerable.Range(1, Count).Select(KeyOf), (await session.GetAsync()).Contexts.Select(context => context.ContextKey));
        Assert.Equal(7, (await session.OnOpenedAsync(KeyOf(7), Settings)).Ordinal);
        Assert.Equal(Count + 1, (await session.OnOpenedAsync(KeyOf(Count + 1), Settings)).Ordinal);
    }

    [Fact]
    public async Task Session_Forgotten_BeginsAnewAlsoAfterARestart()
    {
        await using (var service = await StartAsync())
        {
            await OpenAsync(service, from: 1);
            await SessionOf(service).ForgetAsync();
        }

        await using var restarted = await StartAsync();
        Assert.Empty((await SessionOf(restarted).GetAsync()).Contexts);
        await OpenAsync(restarted, from: 1001);
    }

    private Task<RunningService> StartAsync() => RunningService.StartAsync($"Data={_data.FullName}");

    private static ISessionGrain SessionOf(RunningService service) => service.Services.GetRequiredService<IGrainFactory>()
        .GetGrain<ISessionGrain>(new SessionKey(RunningService.Acme, "long").ToString());

    private static async Task OpenAsync(RunningService service, int from)
    {
        var session = SessionOf(service);
        for (var number = 1; number <= Count; number++)
        {
            Assert.Equal(number, (await session.OnOpenedAsync(KeyOf(from + number - 1), Settings)).Ordinal);
        }
    }

    private static string KeyOf(int number) => new ContextKey(RunningService.Acme, "long", $"c{number}", "1").ToString();
}
