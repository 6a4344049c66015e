using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Upstreams;

/// <summary>An upstream with fewer places than there are contexts.</summary>
public sealed class QueueTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task MaxContexts_TheNextWaitsUntilOneEnds()
    {
        await using var service = await RunningService.StartAsync("Upstreams:main:MaxContexts=1", "Upstreams:main:QueueDeadline=00:01:00");
        service.Upstream.When("Hold", Hold);
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("first", "Hold one. ");
        await WhenHeldAsync(service, 1);
        await client.PushAsync("second", "Next ");
        await client.PushAsync("second", "in line.", more: false);
        await Eventually.IsTrueAsync(() => service.Pool.Waiting == 1, Cancellation);
        service.Upstream.ContextsOf("Hold")[0].Done();

        Assert.Equal("Next in line.", (await client.WhenEndedAsync("second")).Text);
        Assert.Equal(1, service.Upstream.Sockets.Max(socket => socket.MostContexts));
    }

    [Fact]
    public async Task Deadline_IsOneErrorThatSaysSo()
    {
        await using var service = await RunningService.StartAsync("Upstreams:main:MaxContexts=1", "Upstreams:main:QueueDeadline=00:00:00.1");
        service.Upstream.When("Hold", Hold);
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("first", "Hold one. ");
        await WhenHeldAsync(service, 1);
        await client.PushAsync("second", "Never gets a place.", more: false);

        var heard = await client.WhenEndedAsync("second");

        Assert.Equal("concurrency_limited", heard.ErrorCode);
        Assert.Equal(429, heard.End!.Value.GetProperty("status_code").GetInt32());
        Assert.Empty(heard.Text);
        service.Upstream.ContextsOf("Hold")[0].Done();
        await client.PushAsync("third", "Gets one.", more: false);
        Assert.Equal("Gets one.", (await client.WhenEndedAsync("third")).Text);
    }

    [Fact]
    public async Task Tenants_TakeTurns()
    {
        await using var service = await RunningService.StartAsync("Upstreams:main:MaxContexts=1", "Upstreams:main:QueueDeadline=00:01:00");
        service.Upstream.When("Hold", Hold);
        await using var acme = await SocketClient.ConnectAsync(service);
        await using var bolt = await SocketClient.ConnectAsync(service, RunningService.Bolt);
        await acme.PushAsync("a0", "Hold a0");
        await WhenHeldAsync(service, 1);
        for (var i = 1; i <= 4; i++)
        {
            await acme.PushAsync($"a{i}", $"Hold a{i}");
            await WhenWaitingAsync(service, i);
        }

        await bolt.PushAsync("b1", "Hold b1");
        await WhenWaitingAsync(service, 5);
        await bolt.PushAsync("b2", "Hold b2");
        await WhenWaitingAsync(service, 6);
        for (var served = 1; served <= 7; served++)
        {
            await WhenHeldAsync(service, served);
            service.Upstream.ContextsOf("Hold")[^1].Done();
        }

        Assert.Equal(["a0", "a1", "b1", "a2", "b2", "a3", "a4"], service.Upstream.ContextsOf("Hold").Select(context => context.FirstText[5..]));
    }

    [Fact]
    public async Task Cancelled_WhileItWaits_TakesNoPlaceAndLeavesNothing()
    {
        await using var service = await RunningService.StartAsync(
            "Upstreams:main:MaxContexts=1", "Upstreams:main:QueueDeadline=00:01:00", "Contexts:Retention=00:00:00.1", "Contexts:Expiry=00:00:00.1");
        service.Upstream.When("Hold", Hold);
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("first", "Hold one. ");
        await WhenHeldAsync(service, 1);
        await client.PushAsync("second", "Waits ");
        await WhenWaitingAsync(service, 1);
        await client.CancelAsync("second");
        await WhenWaitingAsync(service, 0);
        service.Upstream.ContextsOf("Hold")[0].Done();
        await client.WhenEndedAsync("first");

        await Eventually.IsAsync(() => service.CountOpenAsync(), (0, 0, 0, 0), Cancellation);
        Assert.Empty(service.Upstream.ContextsOf("Waits"));
    }

    /// <summary>The upstream is asked again and again, and the client hears of it only when it never had a place.</summary>
    [Fact]
    public async Task UpstreamSaysTooMany_IsAskedAgainUntilItTakesIt()
    {
        await using var service = await RunningService.StartAsync("Upstreams:main:QueueDeadline=00:01:00");
        service.Upstream.When("Busy", (context, message) =>
        {
            if (service.Upstream.ContextsOf("Busy").Count > 7)
            {
                return ScriptedContext.Answer(context, message);
            }

            context.Error(429, "concurrency_limited", "Too many", "Later.");
            return Task.CompletedTask;
        });
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("busy", "Busy ");
        await client.PushAsync("busy", "for a while.", more: false);

        Assert.Equal("Busy for a while.", (await client.WhenEndedAsync("busy")).Text);
    }

    [Fact]
    public async Task UpstreamSaysTooManyForEver_IsOneErrorAtTheDeadline()
    {
        await using var service = await RunningService.StartAsync("Upstreams:main:QueueDeadline=00:00:00.5");
        service.Upstream.When("Busy", (context, _) =>
        {
            context.Error(429, "concurrency_limited", "Too many", "Later.");
            return Task.CompletedTask;
        });
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("busy", "Busy for ever.", more: false);

        var heard = await client.WhenEndedAsync("busy");

        Assert.Equal("concurrency_limited", heard.ErrorCode);
        Assert.InRange(service.Upstream.ContextsOf("Busy").Count, 2, 20);
    }

    private static Task WhenHeldAsync(RunningService service, int contexts)
        => service.Upstream.Changes.WhenAsync(() => service.Upstream.ContextsOf("Hold") is var held && held.Count == contexts && held[^1].Answered > 0, Cancellation);

    private static Task WhenWaitingAsync(RunningService service, int contexts) => Eventually.IsTrueAsync(() => service.Pool.Waiting == contexts, Cancellation);

    private static Task Hold(ScriptedContext context, ScriptedMessage message)
    {
        if (message.IsCancel)
        {
            context.Done();
        }
        else
        {
            context.Speak(message.Transcript);
        }

        return Task.CompletedTask;
    }
}
