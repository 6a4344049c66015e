using System.Net;
using Microsoft.Extensions.DependencyInjection;
using TtsGrains.ApiHost.Hosting;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Http;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Hosting;

/// <summary>The warm-up's speech leaves nothing behind, and never costs anything.</summary>
public sealed class WarmUpTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task UpstreamOfSomebodyElse_IsNotSpokenTo()
    {
        await using var service = await RunningService.StartAsync();
        var warmUp = service.Services.GetRequiredService<WarmUp>();

        await warmUp.RunAsync(voice: null);

        Assert.True(warmUp.HasSpoken);
        Assert.Empty(service.Upstream.Received);
        Assert.Single(service.Upstream.Sockets);
    }

    [Fact]
    public async Task EmbeddedVoice_IsSpokenTo()
    {
        await using var service = await RunningService.StartAsync();
        await using var voice = await ScriptedUpstream.StartAsync(Cancellation);
        var warmUp = service.Services.GetRequiredService<WarmUp>();

        await warmUp.RunAsync(voice.Url);

        Assert.True(warmUp.HasSpoken);
        Assert.NotEmpty(voice.Contexts);
        Assert.All(voice.Contexts, context => Assert.True(context.HasEnded));
        await voice.Changes.WhenAsync(() => voice.Sockets.All(socket => socket.IsClosed), Cancellation);
        Assert.Empty(service.Upstream.Received);
    }

    [Fact]
    public async Task NothingOfIt_IsCountedOrKept()
    {
        await using var service = await RunningService.StartAsync();
        using var meters = new Meters(service);
        await using var voice = await ScriptedUpstream.StartAsync(Cancellation);

        await service.Services.GetRequiredService<WarmUp>().RunAsync(voice.Url);
        await service.WhenStoredAsync(Cancellation);

        Assert.Empty(meters.Names);
        Assert.Equal((0, 0, 0, 0), await service.CountOpenAsync(ContextKey.WarmUpTenant));
        Assert.Empty(Directory.EnumerateFiles(service.ArchiveFolder, "*", SearchOption.AllDirectories));
        Assert.DoesNotContain(Directory.EnumerateFiles(service.Data, "*", SearchOption.AllDirectories), file => file.Contains("warm-up", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task NobodyCanBecomeItsTenant()
    {
        await using var service = await RunningService.StartAsync();
        await using var voice = await ScriptedUpstream.StartAsync(Cancellation);
        await service.Services.GetRequiredService<WarmUp>().RunAsync(voice.Url);
        using var http = new HttpClient { BaseAddress = service.Http };

        // The key of its options is a hash of nothing that is known; what let it in is void.
        foreach (var key in (string[])[new string('0', 64), "warm-up", ContextKey.WarmUpTenant])
        {
            http.DefaultRequestHeaders.Remove("X-API-Key");
            http.DefaultRequestHeaders.Add("X-API-Key", key);
            using var response = await http.GetAsync("/v1/sessions", Cancellation);
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        }
    }

    [Fact]
    public async Task Failure_IsNoReasonNotToServe()
    {
        await using var service = await RunningService.StartAsync();
        var warmUp = service.Services.GetRequiredService<WarmUp>();
        warmUp.Expect();
        using var http = new HttpClient { BaseAddress = service.Http };
        using var before = await http.GetAsync("/health/ready", Cancellation);

        await warmUp.RunAsync(new Uri("ws://127.0.0.1:1/tts/websocket"));
        using var after = await http.GetAsync("/health/ready", Cancellation);

        Assert.False(warmUp.HasSpoken);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (before.StatusCode, after.StatusCode));
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("c", "Served all the same.", more: false);
        Assert.True((await client.WhenEndedAsync("c")).IsDone);
    }

    [Fact]
    public async Task Program_WhenItIsReady_HasNothingOpen()
    {
        await using var program = await RunningProgram.StartAsync(Cancellation);
        var health = await program.GetHealthAsync(Cancellation);

        Assert.Equal((true, 0, 0), (health.GetProperty("ready").GetBoolean(), health.GetProperty("contexts").GetInt32(), health.GetProperty("slots_taken").GetInt32()));
    }
}
