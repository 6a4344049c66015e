using Microsoft.Extensions.DependencyInjection;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Archive.Manifests;
using TtsGrains.Grains.Diagnostics;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Telemetry;

/// <summary>What is measured of contexts that speak, are cancelled, and lose their upstream.</summary>
public sealed class ContextMetricsTests
{
    private const string Duration = "gen_ai.client.operation.duration";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Context_ThatSpeaks_IsMeasuredByTenantAndUpstream()
    {
        await using var service = await RunningService.StartAsync();
        using var measured = new Measurements(service);
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("a", "Hello there.", more: false);
        await client.WhenEndedAsync("a");
        await Eventually.IsTrueAsync(() => measured.Of("tts.contexts.audio").Count == 1, Token);

        var first = Assert.Single(measured.Of("tts.contexts.time_to_first_audio"));
        var added = Assert.Single(measured.Of("tts.contexts.time_to_first_audio.added"));
        Assert.Equal(RunningService.Acme, first["tenant"]);
        Assert.InRange(added.Value, 0, first.Value);
        Assert.Equal("main", Assert.Single(measured.Of("gen_ai.client.operation.time_to_first_chunk"))["gen_ai.provider.name"]);
        var duration = Assert.Single(measured.Of(Duration));
        Assert.Equal(("text_to_speech", "main", null), (duration["gen_ai.operation.name"], duration["gen_ai.provider.name"], duration["error.type"]));
        var slot = Assert.Single(measured.Of("tts.upstream.slot.wait"));
        Assert.Equal(("main", "granted"), (slot["upstream"], slot["result"]));
        Assert.Equal("Hello there.".Length, Assert.Single(measured.Of("tts.contexts.characters")).Value);
        Assert.NotEmpty(measured.Of("tts.contexts.chunk.lateness"));
        Assert.Equal(("Done", RunningService.Acme), (measured.Of("tts.contexts.ended")[0]["outcome"], measured.Of("tts.contexts.ended")[0]["tenant"]));
    }

    [Fact]
    public async Task Cancel_IsMeasuredUntilSilence_AndStaleFramesAreCounted()
    {
        await using var service = await RunningService.StartAsync();
        service.Upstream.When("Never mind", (context, message) =>
        {
            context.Speak("Never mind.");
            if (message.IsCancel)
            {
                context.Done();
            }

            return Task.CompletedTask;
        });
        using var measured = new Measurements(service);
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("a", "Never mind.");
        await client.WhenAsync("a", context => context.Text.Length > 0);

        await client.CancelAsync("a");
        await Eventually.IsTrueAsync(() => measured.Of("tts.upstream.frames.dropped").Any(drop => drop["reason"] == "Stale"), Token);
        await Eventually.IsTrueAsync(() => measured.Of(Duration).Count == 1, Token);

        Assert.Single(measured.Of("tts.sockets.cancel_to_silence"));
        Assert.Equal("cancelled", measured.Of(Duration)[0]["error.type"]);
    }

    [Fact]
    public async Task LostUpstream_CountsASeamAndTwoAttempts()
    {
        await using var service = await RunningService.StartAsync();
        service.Upstream.When("Once", (context, _) =>
        {
            context.Socket.Drop();
            service.Upstream.When("Once", ScriptedContext.Answer);
            return Task.CompletedTask;
        });
        using var measured = new Measurements(service);
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("a", "Once more.", more: false);
        Assert.Equal("Once more.", (await client.WhenEndedAsync("a")).Text);
        await Eventually.IsTrueAsync(() => measured.Of(Duration).Count == 2, Token);

        Assert.Equal(["upstream_lost", null], measured.Of(Duration).Select(attempt => attempt["error.type"]));
        Assert.Equal("upstream_lost", Assert.Single(measured.Of("tts.contexts.seams"))["reason"]);
        Assert.Single(measured.Of("tts.contexts.time_to_first_audio"));
    }

    [Theory]
    [InlineData("Wait for it.", false, "upstream")]
    [InlineData("Wait.", true, "client")]
    public async Task Pause_IsPutDownToWhoeverOwesTheRest(string text, bool isTold, string cause)
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        await using var service = await RunningService.StartWithAsync(
            services => services.AddSingleton(provider => new ContextTelemetryFactory(
                provider.GetRequiredService<ContextInstruments>(), provider.GetRequiredService<UpstreamInstruments>(), provider.GetRequiredService<RecentErrors>(), time)));
        service.Upstream.When("Wait", (context, message) =>
        {
            context.Speak(message.Transcript.Length > 0 ? "Wait." : "", timestamps: isTold);
            return Task.CompletedTask;
        });
        using var measured = new Measurements(service);
        await using var client = await SocketClient.ConnectAsync(service, session: "call");
        await client.PushAsync("a", text);
        await client.WhenAsync("a", context => context.Text.Length == "Wait.".Length);
        Assert.Empty(measured.Of("tts.contexts.pauses"));

        time.Advance(TimeSpan.FromSeconds(2));
        await client.PushAsync("a", " More.");
        await Eventually.IsTrueAsync(() => measured.Of("tts.contexts.pauses").Count > 0, Token);

        var pause = Assert.Single(measured.Of("tts.contexts.pauses"));
        Assert.Equal((cause, RunningService.Acme), (pause["cause"], pause["tenant"]));
        await client.CancelAsync("a");
        var manifest = ContextManifest.FromJson(await File.ReadAllBytesAsync(Path.Combine(await service.WhenArchivedAsync(RunningService.Acme, "call", "a"), "manifest.json"), Token));
        var kept = Assert.Single(manifest.Pauses!);
        Assert.Equal(cause, kept.Cause);
        Assert.InRange(kept.LengthMs, 1000, 2000);
        Assert.Equal(manifest.Segments[0].DurationMs / 2, kept.AtMs, 1.0);
    }
}
