using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Socket;

/// <summary>After the last context, nothing is left: no grain, no log, no slot, nothing counted against the tenant.</summary>
public sealed class LeakTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("00:00:00")]
    [InlineData("00:00:00.2")]
    public async Task Client_VanishesMidSentence_LeavesNothingBehind(string linger)
    {
        await using var service = await RunningService.StartAsync($"Contexts:ReconnectTimeout={linger}", "Contexts:Retention=00:00:00.1", "Upstreams:main:CancelDrainTimeout=00:00:00.2");
        service.Upstream.When("Mid", (context, message) =>
        {
            if (!message.IsCancel)
            {
                context.Speak("Mid");
            }

            return Task.CompletedTask;
        });
        for (var i = 0; i < 5; i++)
        {
            var client = await SocketClient.ConnectAsync(service);
            await client.PushAsync("a", "Mid-sentence", flush: true);
            await client.PushAsync("b", "Mid-sentence");
            await client.PushAsync("held", "...");
            await client.WhenAsync("a", context => context.Text == "Mid");
            await client.WhenAsync("b", context => context.Text == "Mid");
            client.Abort();
            await client.DisposeAsync();
        }

        await Eventually.IsAsync(() => service.CountOpenAsync(), (0, 0, 0, 0), Cancellation);
    }

    [Fact]
    public async Task EveryWayToEnd_LeavesNothingBehind()
    {
        await using var service = await RunningService.StartAsync(
            "Contexts:Retention=00:00:00.1", "Contexts:Expiry=00:00:00.1", "Tenants:acme:MaxOpenContexts=4");
        service.Upstream.When("Fail", (context, _) =>
        {
            context.Error(500, "broken", "Broken", "It broke.");
            return Task.CompletedTask;
        });
        service.Upstream.When("Expire", (context, message) =>
        {
            context.Speak(message.Transcript);
            context.Done();
            return Task.CompletedTask;
        });
        service.Upstream.When("Hold", (context, message) => message.IsCancel ? ScriptedContext.Answer(context, message) : Task.CompletedTask);
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("done", "Hello.", more: false);
        await client.PushAsync("failed", "Fail now.");
        await client.PushAsync("expired", "Expire now.");
        await client.PushAsync("empty", "?", more: false);
        foreach (var id in (string[])["done", "failed", "expired", "empty"])
        {
            await client.WhenEndedAsync(id);
        }

        foreach (var id in (string[])["1", "2", "3", "4", "5", "6"])
        {
            await client.PushAsync(id, "Hold this.");
            await client.PushAsync(id, "And this.");
        }

        await client.Changes.WhenAsync(() => Enumerable.Range(1, 6).Count(id => client.Find($"{id}")?.ErrorCode == "concurrency_limited") == 2, Cancellation);
        foreach (var id in (string[])["1", "2", "3", "4", "5", "6"])
        {
            await client.SendAsync(id, $$"""{"cancel":true,"context_id":"{{id}}"}""");
        }

        await Eventually.IsAsync(() => service.CountOpenAsync(), (0, 0, 0, 0), Cancellation);
    }
}
