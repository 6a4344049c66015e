using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Socket;

/// <summary>Once a cancel was read nothing more of its context is written: the client itself fails the test when something is.</summary>
public sealed class CancelTests(ServiceFixture fixture)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Cancel_WhileTheUpstreamGoesOn_IsSilenceAndTheNextContextIsClean()
    {
        var upstream = fixture.Service.Upstream;
        upstream.When("Never mind", GoesOnAfterCancel);
        await using var client = await fixture.ConnectAsync();
        await client.PushAsync("cancelled", "Never mind this.");
        await client.WhenAsync("cancelled", context => context.Text.Length == 16);

        await client.CancelAsync("cancelled");
        await client.PushAsync("next", "A clean start.", more: false);
        var next = await client.WhenEndedAsync("next");
        await upstream.Changes.WhenAsync(() => upstream.ContextsOf("Never mind").All(context => context.HasEnded), Cancellation);
        await client.WhenReadAsync();

        Assert.Equal("A clean start.", next.Text);
        Assert.Equal("Never mind this.", client.Find("cancelled")!.Text);
    }

    [Fact]
    public async Task Cancel_BeforeAnythingWasSaid_IsSilence()
    {
        var upstream = fixture.Service.Upstream;
        var release = new TaskCompletionSource();
        upstream.When("Slow start", async (context, message) =>
        {
            await release.Task;
            await ScriptedContext.Answer(context, message);
        });
        await using var client = await fixture.ConnectAsync();
        await client.PushAsync("unsaid", "Slow start.");
        await client.CancelAsync("unsaid");
        await upstream.Changes.WhenAsync(() => upstream.ContextsOf("Slow start").Count == 1, Cancellation);
        release.SetResult();
        await upstream.Changes.WhenAsync(() => upstream.ContextsOf("Slow start")[0].HasEnded, Cancellation);
        await client.WhenReadAsync();

        Assert.Empty(client.Find("unsaid")!.Frames);
    }

    [Fact]
    public async Task Cancel_UntilTheUpstreamIsDone_KeepsItsSlot()
    {
        await using var service = await RunningService.StartAsync();
        service.Upstream.When("Never mind", (_, _) => Task.CompletedTask);
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("cancelled", "Never mind this.");
        await client.CancelAsync("cancelled");
        await service.Upstream.Changes.WhenAsync(() => service.Upstream.Received.Any(message => message.IsCancel), Cancellation);
        await Eventually.IsAsync(async () => (await service.CountOpenAsync()).Admitted, 0, Cancellation);

        Assert.Equal(1, (await service.CountOpenAsync()).Slots);

        service.Upstream.ContextsOf("Never mind")[0].Done();
        await Eventually.IsAsync(async () => (await service.CountOpenAsync()).Slots, 0, Cancellation);
    }

    [Fact]
    public async Task Cancel_UpstreamNeverDone_FreesItsSlotAfterTheDrainTime()
    {
        await using var service = await RunningService.StartAsync("Upstreams:main:CancelDrainTimeout=00:00:00.2");
        service.Upstream.When("Never mind", (_, _) => Task.CompletedTask);
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("cancelled", "Never mind this.");
        await client.CancelAsync("cancelled");
        await service.Upstream.Changes.WhenAsync(() => service.Upstream.Received.Any(message => message.IsCancel), Cancellation);

        await Eventually.IsAsync(async () => (await service.CountOpenAsync()).Slots, 0, Cancellation);
    }

    /// <summary>What was under way when the client cancelled belongs to the cancelled context, not to a new one.</summary>
    [Fact]
    public async Task Input_RightAfterItsCancel_IsPassedOver()
    {
        await using var client = await fixture.ConnectAsync();
        await client.PushAsync("crossed", "Barged in. ");
        await client.SendAsync("crossed", """{"cancel":true,"context_id":"crossed"}""");
        await client.PushAsync("crossed", "Crossed with the cancel.");
        await client.WhenReadAsync();

        Assert.DoesNotContain(fixture.Service.Upstream.Received, message => message.Transcript.StartsWith("Crossed with", StringComparison.Ordinal));
    }

    private static Task GoesOnAfterCancel(ScriptedContext context, ScriptedMessage message)
    {
        context.Speak(message.IsCancel ? "Said all the same, and at some length." : message.Transcript);
        if (message.IsCancel)
        {
            context.FlushDone();
            context.Done();
        }

        return Task.CompletedTask;
    }
}
