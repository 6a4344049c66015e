using System.Diagnostics;
using System.Net.WebSockets;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Grains.Upstreams;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Upstreams;

/// <summary>Outages of an upstream: short ones are waited out, long ones end with the deadline, and progress extends it.</summary>
public sealed class OutageTests
{
    public enum Outage
    {
        Closes,
        Drops,
        Fails,
        Refuses,
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>An upstream that fails every context for a second and then works.</summary>
    [Theory]
    [InlineData(Outage.Closes)]
    [InlineData(Outage.Drops)]
    [InlineData(Outage.Fails)]
    [InlineData(Outage.Refuses)]
    public async Task Short_IsWaitedOut(Outage outage)
    {
        await using var service = await RunningService.StartAsync();
        await using var acme = await SocketClient.ConnectAsync(service);
        await using var bolt = await SocketClient.ConnectAsync(service, RunningService.Bolt);
        var isOver = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        service.Upstream.When("", (context, message) =>
        {
            if (isOver.IsCancellationRequested)
            {
                return ScriptedContext.Answer(context, message);
            }

            Fail(context, outage);
            return Task.CompletedTask;
        });
        if (outage == Outage.Refuses)
        {
            service.Upstream.Refuse(503);
            service.Upstream.DropAll();
            isOver.Token.Register(() => service.Upstream.Refuse(0));
        }

        for (var i = 0; i < 10; i++)
        {
            await acme.PushAsync($"context-{i}", $"Acme waits, {i}. ", flush: true);
            await acme.PushAsync($"context-{i}", "All of it.", more: false);
            await bolt.PushAsync($"context-{i}", $"Bolt waits, {i}.", more: false);
        }

        for (var i = 0; i < 10; i++)
        {
            Assert.Equal($"Acme waits, {i}. All of it.", (await acme.WhenEndedAsync($"context-{i}")).Text);
            Assert.Equal($"Bolt waits, {i}.", (await bolt.WhenEndedAsync($"context-{i}")).Text);
        }
    }

    [Theory]
    [InlineData(Outage.Closes, "upstream_lost")]
    [InlineData(Outage.Fails, "internal")]
    [InlineData(Outage.Refuses, "upstream_unavailable")]
    public async Task Long_EndsWithTheDeadline(Outage outage, string code)
    {
        await using var service = await RunningService.StartAsync("Contexts:RecoveryTimeout=00:00:02", "Upstreams:main:QueueDeadline=00:00:01");
        await using var client = await SocketClient.ConnectAsync(service);
        service.Upstream.When("", (context, message) =>
        {
            Fail(context, outage);
            return Task.CompletedTask;
        });
        if (outage == Outage.Refuses)
        {
            service.Upstream.Refuse(503);
            service.Upstream.DropAll();
        }

        var clock = Stopwatch.StartNew();
        await client.PushAsync("late", "Never spoken.", more: false);

        var heard = await client.WhenEndedAsync("late");

        Assert.Equal(code, heard.ErrorCode);
        Assert.Single(heard.Frames);
        Assert.InRange(service.Upstream.Contexts.Count, outage == Outage.Refuses ? 0 : 3, 12);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(6), $"It took {clock.Elapsed}.");
    }

    /// <summary>Silence ends with the same deadline, however long one attempt may take.</summary>
    [Fact]
    public async Task Silent_EndsWithTheDeadline()
    {
        await using var service = await RunningService.StartAsync("Contexts:RecoveryTimeout=00:00:01.5", "Upstreams:main:FirstAudioTimeout=00:00:01");
        service.Upstream.When("", (_, _) => Task.CompletedTask);
        await using var client = await SocketClient.ConnectAsync(service);
        var clock = Stopwatch.StartNew();
        await client.PushAsync("silent", "Never spoken.", more: false);

        Assert.Equal("upstream_silent", (await client.WhenEndedAsync("silent")).ErrorCode);
        Assert.Equal(2, service.Upstream.Contexts.Count);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"It took {clock.Elapsed}.");
    }

    /// <summary>Each attempt gets one word further: more attempts than fit into the deadline of a context that gets no further.</summary>
    [Theory]
    [InlineData(Outage.Closes)]
    [InlineData(Outage.Fails)]
    public async Task ProgressEachTime_GoesOnToTheEnd(Outage outage)
    {
        await using var service = await RunningService.StartAsync();
        service.Upstream.When("", async (context, message) =>
        {
            var text = message.Transcript;
            var end = text.IndexOf(' ', text.Length - text.TrimStart().Length);
            if (end < 0)
            {
                await ScriptedContext.Answer(context, message);
                return;
            }

            context.Speak(text[..end], timestamps: true);
            Fail(context, outage);
        });
        await using var client = await SocketClient.ConnectAsync(service);
        var text = string.Join(' ', Enumerable.Range(1, 40).Select(number => $"word{number}"));
        await client.PushAsync("far", text, more: false, change: message => message["add_timestamps"] = true);

        var heard = await client.WhenEndedAsync("far");

        Assert.True(heard.IsDone, heard.ErrorCode);
        Assert.Equal(text.Split(' '), heard.Words.Select(word => word.Word));
        Assert.Equal(BreakerState.Closed, service.Pool.Report()[0].State);
    }

    [Fact]
    public async Task Cancelled_WhileItWaitsForTheNextAttempt_LeavesNothing()
    {
        await using var service = await RunningService.StartAsync("Contexts:Retention=00:00:00.1");
        service.Upstream.When("", (context, _) =>
        {
            Fail(context, Outage.Fails);
            return Task.CompletedTask;
        });
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("cancelled", "Never spoken.", more: false);
        await service.Upstream.Changes.WhenAsync(() => service.Upstream.Contexts.Count >= 4, Cancellation);
        await client.CancelAsync("cancelled");
        await Eventually.IsAsync(() => service.CountOpenAsync(), (0, 0, 0, 0), Cancellation);

        Assert.Null(client.Find("cancelled")!.End);
    }

    private static void Fail(ScriptedContext context, Outage outage)
    {
        switch (outage)
        {
            case Outage.Closes:
                context.Socket.CloseBehind((WebSocketCloseStatus)1012, "service restart");
                break;
            case Outage.Drops:
                context.Socket.Drop();
                break;
            default:
                context.Error(500, "internal", "Broken", "It broke.");
                break;
        }
    }
}
