using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Archive.Manifests;
using TtsGrains.Grains.Connections;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Socket;

/// <summary>What an upstream does wrong, and what a client sees of it.</summary>
public sealed class UpstreamFaultTests(ServiceFixture fixture)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SocketLost_BeforeAnyAudio_IsInvisible()
    {
        await using var service = await RunningService.StartAsync();
        service.Upstream.When("Twice", (context, message) =>
        {
            if (service.Upstream.ContextsOf("Twice").Count > 1)
            {
                return ScriptedContext.Answer(context, message);
            }

            if (message.Flushes)
            {
                context.Socket.Drop();
            }

            return Task.CompletedTask;
        });
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("resent", "Twice ");
        await client.PushAsync("resent", "sent, ", flush: true);
        await service.Upstream.Changes.WhenAsync(() => service.Upstream.ContextsOf("Twice").Count == 2, Cancellation);
        await client.PushAsync("resent", "once heard.", more: false);

        var heard = await client.WhenEndedAsync("resent");

        Assert.True(heard.IsDone);
        Assert.Equal("Twice sent, once heard.", heard.Text);
        Assert.Equal(1, heard.FlushesDone);
    }

    /// <summary>A push after the first audio was once all that was sent again: the rest of the sentence was left out without a word.</summary>
    [Fact]
    public async Task SocketLost_AfterSomeAudio_GoesOnBehindIt()
    {
        await using var service = await RunningService.StartAsync();
        service.Upstream.When("Half", (context, message) =>
        {
            if (service.Upstream.ContextsOf("Half").Count > 1)
            {
                return ScriptedContext.Answer(context, message);
            }

            if (message.Transcript.StartsWith("Half", StringComparison.Ordinal))
            {
                context.Speak("Half");
            }
            else
            {
                context.Socket.Drop();
            }

            return Task.CompletedTask;
        });
        await using var client = await SocketClient.ConnectAsync(service, session: "half-call");
        await client.PushAsync("half", "Half a sentence ");
        await client.WhenAsync("half", context => context.Text == "Half");
        await client.PushAsync("half", "and the rest.", more: false);

        var heard = await client.WhenEndedAsync("half");

        Assert.True(heard.IsDone);
        Assert.Equal("Half a sentence and the rest.", heard.Text);
        var folder = await service.WhenArchivedAsync(RunningService.Acme, "half-call", "half");
        var seam = Assert.Single(ContextManifest.FromJson(await File.ReadAllBytesAsync(Path.Combine(folder, "manifest.json"), Cancellation)).Seams);
        Assert.Equal(new ContextSeam(1, 4, "upstream_lost") { Kind = SeamKind.Sample, Attempt = 2, Upstream = "main" }, seam);
    }

    [Fact]
    public async Task SocketLost_AgainAndAgain_IsAnErrorInTheEnd()
    {
        await using var service = await RunningService.StartAsync("Contexts:RecoveryTimeout=00:00:01");
        service.Upstream.When("Doomed", (context, _) =>
        {
            context.Socket.Drop();
            return Task.CompletedTask;
        });
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("doomed", "Doomed.", more: false);

        Assert.Equal("upstream_lost", (await client.WhenEndedAsync("doomed")).ErrorCode);
        Assert.InRange(service.Upstream.ContextsOf("Doomed").Count, 2, 10);
    }

    [Fact]
    public async Task SocketLost_OneOfManyContexts_AllBeforeAudioAreResent()
    {
        await using var service = await RunningService.StartAsync();
        var first = true;
        service.Upstream.When("Crowd", (context, message) =>
        {
            if (context.Socket.Number > 1)
            {
                return ScriptedContext.Answer(context, message);
            }

            if (first && context.Socket.OpenContexts == 10)
            {
                first = false;
                context.Socket.Drop();
            }

            return Task.CompletedTask;
        });
        await using var client = await SocketClient.ConnectAsync(service);
        for (var i = 0; i < 10; i++)
        {
            await client.PushAsync($"crowd-{i}", $"Crowd member {i}.", more: false);
        }

        for (var i = 0; i < 10; i++)
        {
            Assert.Equal($"Crowd member {i}.", (await client.WhenEndedAsync($"crowd-{i}")).Text);
        }
    }

    [Fact]
    public async Task Upstream_RefusesConnections_IsAnErrorAndThenWorksAgain()
    {
        await using var service = await RunningService.StartAsync("Contexts:RecoveryTimeout=00:00:01", "Upstreams:main:QueueDeadline=00:00:01");
        await using var client = await SocketClient.ConnectAsync(service);
        service.Upstream.Refuse(503);
        service.Upstream.Sockets[0].Drop();
        await service.Upstream.Changes.WhenAsync(() => service.Upstream.Sockets[0].IsClosed, Cancellation);
        await client.PushAsync("refused", "No upstream there.", more: false);
        Assert.Equal("upstream_unavailable", (await client.WhenEndedAsync("refused")).ErrorCode);

        service.Upstream.Refuse(0);
        await Eventually.IsTrueAsync(() => service.Services.GetRequiredService<UpstreamPool>().IsReady, Cancellation);
        await client.PushAsync("later", "There again.", more: false);
        Assert.Equal("There again.", (await client.WhenEndedAsync("later")).Text);
    }

    [Fact]
    public async Task UpstreamError_IsPassedOnInOurForm()
    {
        fixture.Service.Upstream.When("Unknown voice", (context, _) =>
        {
            context.Send($$"""{"type":"error","context_id":"{{context.Id}}","status_code":404,"done":true,"error":"Invalid voice: No such voice."}""");
            return Task.CompletedTask;
        });
        await using var client = await fixture.ConnectAsync();
        await client.PushAsync("voice", "Unknown voice.", more: false);

        var error = (await client.WhenEndedAsync("voice")).End!.Value;

        Assert.Equal(404, error.GetProperty("status_code").GetInt32());
        Assert.Equal(("Invalid voice", "No such voice."), (error.GetProperty("title").GetString(), error.GetProperty("message").GetString()));
    }

    [Fact]
    public async Task UpstreamContext_ExpiresInThePause_IsOpenedAnewWithoutLoss()
    {
        fixture.Service.Upstream.When("Pause", SpeaksAndExpires);
        await using var client = await fixture.ConnectAsync();
        await client.PushAsync("paused", "Pause one. ", change: WantTimes);
        await client.WhenAsync("paused", context => context.Words.Count == 2);
        await client.PushAsync("paused", "Pause two. ", flush: true, change: WantTimes);
        await client.WhenAsync("paused", context => context.FlushesDone == 1);
        await client.PushAsync("paused", "Pause three.", change: WantTimes);
        await client.WhenAsync("paused", context => context.Words.Count == 6);
        await client.PushAsync("paused", "", more: false, change: WantTimes);

        var heard = await client.WhenEndedAsync("paused");

        Assert.True(heard.IsDone);
        Assert.Equal("Pause one. Pause two. Pause three.", heard.Text);
        Assert.Equal(["Pause", "one.", "Pause", "two.", "Pause", "three."], heard.Words.Select(word => word.Word));
        Assert.Equal([0, 6, 11, 17, 22, 28], heard.Words.Select(word => Math.Round(word.Start * 1000, 1)));
    }

    /// <summary>The upstream's end and further text cross on the wire: the text goes to a dead context and must be sent again.</summary>
    [Fact]
    public async Task UpstreamContext_ExpiresWhileTextIsOnItsWay_LosesNothing()
    {
        var upstream = fixture.Service.Upstream;
        upstream.When("Cross", (context, message) =>
        {
            if (upstream.ContextsOf("Cross").Count > 1)
            {
                return ScriptedContext.Answer(context, message);
            }

            if (message.Transcript.StartsWith("Cross", StringComparison.Ordinal))
            {
                context.Speak(message.Transcript);
            }
            else if (message.Transcript == "c ")
            {
                context.Done();
            }

            return Task.CompletedTask;
        });
        upstream.When("a ", ScriptedContext.Answer);
        await using var client = await fixture.ConnectAsync();
        await client.PushAsync("crossing", "Cross. ");
        await client.WhenAsync("crossing", context => context.Text == "Cross. ");
        foreach (var part in (string[])["a ", "b ", "c ", "d ", "e ", "f "])
        {
            await client.PushAsync("crossing", part);
        }

        await client.PushAsync("crossing", "end.", more: false);

        Assert.Equal("Cross. a b c d e f end.", (await client.WhenEndedAsync("crossing")).Text);
    }

    [Fact]
    public async Task NoiseOfTheUpstream_ReachesNobody()
    {
        fixture.Service.Upstream.When("Noise", async (context, message) =>
        {
            foreach (var noise in Noise(context.Id))
            {
                context.Send(noise);
            }

            await ScriptedContext.Answer(context, message);
        });
        await using var client = await fixture.ConnectAsync();
        await client.PushAsync("noise", "Noise before. ", flush: true);
        await client.PushAsync("noise", "And signal.", more: false);

        var heard = await client.WhenEndedAsync("noise");

        Assert.True(heard.IsDone);
        Assert.Equal("Noise before. And signal.", heard.Text);
        Assert.Equal(1, heard.FlushesDone);
        Assert.Empty(client.StrayErrors);
    }

    [Fact]
    public async Task Upstream_ClosesAnIdleSocket_TheNextContextHasAnother()
    {
        await using var service = await RunningService.StartAsync();
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("before", "Before.", more: false);
        await client.WhenEndedAsync("before");
        service.Upstream.Sockets[0].CloseBehind(WebSocketCloseStatus.NormalClosure, "connection idle timeout");
        await service.Upstream.Changes.WhenAsync(() => service.Upstream.Sockets[0].IsClosed, Cancellation);
        await client.PushAsync("after", "After.", more: false);

        Assert.Equal("After.", (await client.WhenEndedAsync("after")).Text);
    }

    private static Task SpeaksAndExpires(ScriptedContext context, ScriptedMessage message)
    {
        context.Speak(message.Transcript, message.WantsTimestamps);
        if (message.Flushes)
        {
            context.FlushDone();
        }

        context.Done();
        return Task.CompletedTask;
    }

    private static void WantTimes(System.Text.Json.Nodes.JsonObject message) => message["add_timestamps"] = true;

    private static string[] Noise(string id) =>
    [
        "garbage", "[]", "{", "{}", "null",
        """{"type":"chunk","context_id":"unknown","data":"AAAA"}""",
        """{"type":"done","context_id":"unknown","done":true}""",
        """{"type":"error","done":true,"status_code":500,"message":"whose?"}""",
        """{"type":"chunk","context_id":null,"data":"AAAA"}""",
        $$"""{"type":"weather","context_id":"{{id}}","data":"AAAA"}""",
        $$"""{"type":"flush_done","context_id":"{{id}}","flush_id":9,"flush_done":true}""",
        $$"""{"type":"chunk","context_id":"{{id}}","data":""}""",
        $$"""{"type":"chunk","context_id":"{{id}}","data":null,"step_time":null}""",
        $$"""{"type":"timestamps","context_id":"{{id}}","word_timestamps":null}""",
        $$"""{"type":"phoneme_timestamps","context_id":"{{id}}","phoneme_timestamps":{"phonemes":["a"],"start":[0],"end":[1] },"extra":{"deep":[1,{"x":null}] } }""",
    ];
}
