using System.Net.WebSockets;
using System.Text;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Upstreams;

/// <summary>What an upstream may send without effect on clients.</summary>
public sealed class HarmlessTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Noise =>
    [
        "garbage", "[]", "{", "{}", "null", "\u0000", "\"text\"", "{\"type\":",
        """{"type":"weather","context_id":"@","data":"AAAA"}""",
        """{"type":7,"context_id":"@","data":"AAAA"}""",
        """{"type":"chunk","context_id":"unknown","data":"AAAA"}""",
        """{"type":"chunk","context_id":["@"],"data":"AAAA"}""",
        """{"type":"chunk","data":"AAAA"}""",
        """{"type":"done","context_id":"unknown","done":true}""",
        """{"type":"error","status_code":500,"message":"Whose?","done":true}""",
        """{"type":"flush_done","context_id":"@","flush_id":7,"flush_done":true}""",
        """{"type":"chunk","context_id":"@","data":null}""",
        """{"type":"chunk","context_id":"@","data":{"x":1}}""",
        """{"type":"timestamps","context_id":"@","word_timestamps":{"words":["a"]}}""",
        """{"type":"timestamps","context_id":"@","word_timestamps":7}""",
        """{"type":"phoneme_timestamps","context_id":"@","phoneme_timestamps":null,"new":{"deep":[1,{"x":null}]}}""",
    ];

    [Theory]
    [MemberData(nameof(Noise))]
    public async Task Noise_BetweenWhatIsSaid_IsNotHeard(string noise)
    {
        await using var service = await RunningService.StartAsync();
        service.Upstream.When("", (context, message) =>
        {
            foreach (var frame in context.Frames(message, timesFirst: false))
            {
                context.Send(noise.Replace("@", context.Id, StringComparison.Ordinal));
                context.Send(frame);
            }

            context.Send(noise.Replace("@", context.Id, StringComparison.Ordinal));
            return Task.CompletedTask;
        });
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("noise", "Noise before. ", flush: true);
        await client.PushAsync("noise", "And signal.", more: false);

        var heard = await client.WhenEndedAsync("noise");

        Assert.True(heard.IsDone);
        Assert.Equal("Noise before. And signal.", heard.Text);
        Assert.Empty(client.StrayErrors);
        Assert.Single(service.Upstream.Sockets);
    }

    [Fact]
    public async Task BinaryFrames_AreNotHeard()
    {
        await using var service = await RunningService.StartAsync();
        service.Upstream.When("", (context, message) =>
        {
            foreach (var frame in context.Frames(message, timesFirst: true))
            {
                context.Socket.SendBinary(Encoding.UTF8.GetBytes(frame));
                context.Socket.SendBinary([]);
                context.Send(frame);
            }

            return Task.CompletedTask;
        });
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("binary", "In text only.", more: false);

        Assert.Equal("In text only.", (await client.WhenEndedAsync("binary")).Text);
    }

    /// <summary>The end again, and more behind it: of a context that is over there is no route any more.</summary>
    [Fact]
    public async Task EverythingTwice_AfterTheEnd_IsNotHeard()
    {
        await using var service = await RunningService.StartAsync();
        service.Upstream.When("Twice", async (context, message) =>
        {
            await ScriptedContext.Answer(context, message);
            context.Done();
            context.Speak("More. ");
            context.Error(500, "late", "Late", "Too late.");
        });
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("twice", "Twice over.", more: false);
        await client.WhenEndedAsync("twice");
        await client.PushAsync("next", "The next one.", more: false);

        Assert.Equal("The next one.", (await client.WhenEndedAsync("next")).Text);
        Assert.Equal("Twice over.", (await client.WhenEndedAsync("twice")).Text);
        Assert.Single(service.Upstream.Sockets);
    }

    [Fact]
    public async Task HalfAFrame_ThenGone_CostsNothing()
    {
        await using var service = await RunningService.StartAsync("Upstreams:main:Resume=sample");
        var isFirst = true;
        service.Upstream.When("", (context, message) =>
        {
            foreach (var frame in context.Frames(message, timesFirst: false))
            {
                if (isFirst && frame.Contains("timestamps", StringComparison.Ordinal))
                {
                    isFirst = false;
                    context.Socket.SendHalf(frame);
                    break;
                }

                context.Send(frame);
            }

            return Task.CompletedTask;
        });
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("half", "Half a frame is no frame.", more: false);

        var heard = await client.WhenEndedAsync("half");

        Assert.True(heard.IsDone);
        Assert.Equal("Half a frame is no frame.", heard.Text);
    }

    [Theory]
    [InlineData(WebSocketCloseStatus.NormalClosure, "connection idle timeout")]
    [InlineData(WebSocketCloseStatus.InternalServerError, "oops")]
    public async Task IdleSocketClosed_AnotherIsDialledBeforeAnybodyAsks(WebSocketCloseStatus status, string reason)
    {
        await using var service = await RunningService.StartAsync();
        service.Upstream.Sockets[0].CloseBehind(status, reason);
        await service.Upstream.Changes.WhenAsync(() => service.Upstream.Sockets.Count == 2, Cancellation);
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("after", "After that.", more: false);

        Assert.Equal("After that.", (await client.WhenEndedAsync("after")).Text);
    }

    /// <summary>A socket that carried nothing for too long is replaced before the provider closes it: the new one is there before the old one goes.</summary>
    [Fact]
    public async Task IdleSocket_IsReplacedBeforeTheProviderClosesIt()
    {
        await using var service = await RunningService.StartAsync("Upstreams:main:IdleTimeout=00:00:01");
        await service.Upstream.Changes.WhenAsync(() => service.Upstream.Sockets[0].IsClosed, Cancellation);

        Assert.Equal(WebSocketCloseStatus.NormalClosure, service.Upstream.Sockets[0].CloseStatus);
        Assert.True(service.Upstream.Sockets.Count >= 2);
    }

    /// <summary>A socket whose close crosses with the first text of a context: the text is sent over another.</summary>
    [Fact]
    public async Task SocketClosesWhileTextIsOnItsWay_NothingIsLost()
    {
        await using var service = await RunningService.StartAsync();
        service.Upstream.When("Cross", (context, message) =>
        {
            if (context.Socket.Number > 1)
            {
                return ScriptedContext.Answer(context, message);
            }

            context.Socket.CloseBehind(WebSocketCloseStatus.NormalClosure, "connection idle timeout");
            return Task.CompletedTask;
        });
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("cross", "Crossing.", more: false);

        Assert.Equal("Crossing.", (await client.WhenEndedAsync("cross")).Text);
    }
}
