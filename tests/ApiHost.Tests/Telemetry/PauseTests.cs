using System.Net;
using Microsoft.Extensions.DependencyInjection;
using TtsGrains.ApiHost.Sessions;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Grains.Diagnostics;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Telemetry;

/// <summary>The causes of pauses that <see cref="ContextMetricsTests"/> does not have; those of a lost silo are seen where silos are processes.</summary>
public sealed class PauseTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pause_WhileNoSlotIsToBeHad_IsPutDownToTheSlot()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        await using var service = await RunningService.StartWithAsync(
            services => services.AddSingleton(provider => new ContextTelemetryFactory(
                provider.GetRequiredService<ContextInstruments>(), provider.GetRequiredService<UpstreamInstruments>(), provider.GetRequiredService<RecentErrors>(), time)));
        service.Upstream.When("Wait", (context, _) =>
        {
            context.Speak("Wait.");
            service.Upstream.When("Wait", ScriptedContext.Answer);
            return Task.CompletedTask;
        });
        using var measured = new Measurements(service);
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("a", "Wait. Then more.", more: false);
        await client.WhenAsync("a", context => context.Text == "Wait.");

        service.Upstream.Refuse((int)HttpStatusCode.ServiceUnavailable);
        service.Upstream.DropAll();
        await Eventually.IsTrueAsync(() => service.Pool.Waiting == 1, Token);
        time.Advance(TimeSpan.FromSeconds(2));
        service.Upstream.Refuse(0);

        Assert.Equal("Wait. Then more.", (await client.WhenEndedAsync("a")).Text);
        Assert.Equal("slot", Assert.Single(measured.Of("tts.contexts.pauses"))["cause"]);
    }

    [Theory]
    [InlineData(PauseCause.Silo, "silo")]
    [InlineData(PauseCause.Archive, "archive")]
    public async Task Pause_OfAListener_HasTheCauseOfItsRead(PauseCause cause, string expected)
    {
        await using var service = await RunningService.StartAsync();
        using var measured = new Measurements(service);
        var listeners = service.Services.GetRequiredService<ListenerInstruments>();

        listeners.Waited(Pauses.Shortest - TimeSpan.FromMilliseconds(1), cause);
        listeners.Waited(Pauses.Shortest, cause);

        Assert.Equal(expected, Assert.Single(measured.Of("tts.listeners.pauses"))["cause"]);
    }
}
