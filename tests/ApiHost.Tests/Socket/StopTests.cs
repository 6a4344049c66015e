using System.Net.WebSockets;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Socket;

/// <summary>A host that stops says so to every open context before it goes: some clients never notice that a socket closes.</summary>
public sealed class StopTests
{
    [Fact]
    public async Task Stop_WithOpenContexts_EndsEachAndThenCloses()
    {
        await using var service = await RunningService.StartAloneAsync("Archive:DrainTimeout=00:00:10", "Socket:DrainTimeout=00:00:00");
        service.Upstream.When("Speaking", (context, message) =>
        {
            context.Speak(message.Transcript);
            return Task.CompletedTask;
        });
        await using var first = await SocketClient.ConnectAsync(service, session: "stopped");
        await using var second = await SocketClient.ConnectAsync(service);
        await using var idle = await SocketClient.ConnectAsync(service);
        await first.PushAsync("a", "Speaking one.");
        await first.PushAsync("b", "Speaking two.");
        await first.PushAsync("held", "...");
        await second.PushAsync("a", "Speaking three.");
        await first.WhenAsync("a", context => context.Text == "Speaking one.");
        await first.WhenAsync("b", context => context.Text == "Speaking two.");
        await second.WhenAsync("a", context => context.Text == "Speaking three.");

        var stopping = service.StopAsync();
        foreach (var (client, id) in new[] { (first, "a"), (first, "b"), (first, "held"), (second, "a") })
        {
            var heard = await client.WhenEndedAsync(id);
            Assert.Equal(("shutting_down", 503), (heard.ErrorCode, heard.End!.Value.GetProperty("status_code").GetInt32()));
        }

        foreach (var client in new[] { first, second, idle })
        {
            await client.WhenClosedAsync();
            Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, client.CloseStatus);
        }

        await stopping;
        var said = Assert.Single(Directory.GetDirectories(Path.Combine(service.ArchiveFolder, "acme", "sessions", "stopped"), "*-a"));
        Assert.True(File.Exists(Path.Combine(said, "1.wav")));
    }

    [Fact]
    public async Task Stop_WhileAContextSpeaks_LetsItFinishAndOpensNoOther()
    {
        await using var service = await RunningService.StartAsync();
        var release = new TaskCompletionSource();
        service.Upstream.When("Finishing", async (context, message) =>
        {
            await release.Task;
            await ScriptedContext.Answer(context, message);
        });
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("speaking", "Finishing my sentence.", more: false);
        await client.WhenReadAsync();

        var stopping = service.StopAsync();
        HeardContext late;
        var tries = 0;
        do
        {
            await client.PushAsync($"late-{++tries}", "One more.", more: false);
            late = await client.WhenEndedAsync($"late-{tries}");
        }
        while (late.ErrorCode is null);

        Assert.Equal("shutting_down", late.ErrorCode);
        release.SetResult();

        Assert.Equal("Finishing my sentence.", (await client.WhenEndedAsync("speaking")).Text);
        await client.WhenClosedAsync();
        await stopping;
    }

    /// <summary>Those whose client is gone too: they hand over to the archive while the silo stops, which therefore outlives it.</summary>
    [Fact]
    public async Task Stop_WithALingeringContext_KeepsWhatItSaid()
    {
        await using var service = await RunningService.StartAsync();
        service.Upstream.When("Speaking", (context, message) =>
        {
            context.Speak(message.Transcript);
            return Task.CompletedTask;
        });
        var client = await SocketClient.ConnectAsync(service, session: "left");
        await client.PushAsync("before", "All said.", more: false);
        await service.WhenArchivedAsync(RunningService.Acme, "left", "before");
        await client.PushAsync("a", "Speaking on.");
        await client.WhenAsync("a", context => context.Text == "Speaking on.");
        await client.DisposeAsync();

        await service.StopAsync();

        var folder = Path.Combine(service.ArchiveFolder, "acme", "sessions", "left", "0002-a");
        Assert.True(File.Exists(Path.Combine(folder, "1.wav")));
        Assert.True(File.Exists(Path.Combine(folder, "manifest.json")));
    }
}
