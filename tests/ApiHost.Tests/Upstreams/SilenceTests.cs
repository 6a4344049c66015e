using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Upstreams;

/// <summary>An upstream that stops to speak without a word, and one that only waits.</summary>
public sealed class SilenceTests
{
    [Fact]
    public async Task NoFirstAudio_AnotherSocketSpeaksAndLateAudioReachesNobody()
    {
        await using var service = await RunningService.StartAsync("Upstreams:main:FirstAudioTimeout=00:00:01");
        service.Upstream.When("Mute", (context, message) => IsFirst(service, context, "Mute") ? Task.CompletedTask : ScriptedContext.Answer(context, message));
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("mute", "Mute at first. ");
        await client.WhenAsync("mute", heard => heard.Text == "Mute at first. ");
        var contexts = service.Upstream.ContextsOf("Mute");
        contexts[0].Speak("Too late. ");
        contexts[0].FlushDone();
        await client.PushAsync("mute", "Then not.", more: false);

        var heard = await client.WhenEndedAsync("mute");

        Assert.True(heard.IsDone);
        Assert.Equal("Mute at first. Then not.", heard.Text);
        Assert.NotEqual(contexts[0].Socket, contexts[1].Socket);
        Assert.Contains(service.Upstream.Received, message => message.IsCancel && message.ContextId == contexts[0].Id);
    }

    [Fact]
    public async Task NoProgressInASegment_GoesOnWithoutASeamThatIsHeard()
    {
        await using var service = await RunningService.StartAsync("Upstreams:main:ProgressTimeout=00:00:00.5", "Upstreams:main:Resume=sample");
        service.Upstream.When("Stall", (context, message) =>
        {
            if (!IsFirst(service, context, "Stall"))
            {
                return ScriptedContext.Answer(context, message);
            }

            if (message.Flushes)
            {
                context.Speak("Stalls in");
            }

            return Task.CompletedTask;
        });
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("stall", "Stalls in the middle. ", flush: true);
        await client.PushAsync("stall", "Not here.", more: false);

        var heard = await client.WhenEndedAsync("stall");

        Assert.True(heard.IsDone);
        Assert.Equal("Stalls in the middle. Not here.", heard.Text);
        Assert.Equal(1, heard.FlushesDone);
    }

    /// <summary>All is spoken and told, only the end never comes: nothing is left to say, so it is not said twice.</summary>
    [Fact]
    public async Task EndsThatNeverCome_AreGivenWithoutSayingAnythingAgain()
    {
        await using var service = await RunningService.StartAsync("Upstreams:main:ProgressTimeout=00:00:00.5");
        service.Upstream.When("Endless", (context, message) =>
        {
            context.Speak(message.Transcript, timestamps: true);
            return Task.CompletedTask;
        });
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("endless", "Endless talk.", flush: true);
        await client.WhenAsync("endless", heard => heard.FlushesDone == 1);
        await client.PushAsync("endless", "Endless, too.", more: false);

        var heard = await client.WhenEndedAsync("endless");

        Assert.True(heard.IsDone);
        Assert.Equal("Endless talk.Endless, too.", heard.Text);
        Assert.Equal(2, service.Upstream.ContextsOf("Endless").Count);
    }

    [Fact]
    public async Task SilentAgainAndAgain_IsAnErrorInTheEnd()
    {
        await using var service = await RunningService.StartAsync("Upstreams:main:FirstAudioTimeout=00:00:00.05", "Contexts:RecoveryTimeout=00:00:01");
        service.Upstream.When("Never", (_, _) => Task.CompletedTask);
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("never", "Never a word.", more: false);

        Assert.Equal("upstream_silent", (await client.WhenEndedAsync("never")).ErrorCode);
        Assert.InRange(service.Upstream.ContextsOf("Never").Count, 2, 10);
    }

    /// <summary>Spoken words of which the rest was never told: that is a stall, though the client asked for no end.</summary>
    [Fact]
    public async Task WordsLeftUntold_IsAStallOnce()
    {
        await using var service = await RunningService.StartAsync("Upstreams:main:ProgressTimeout=00:00:00.5");
        service.Upstream.When("Half", (context, message) =>
        {
            if (!IsFirst(service, context, "Half"))
            {
                return ScriptedContext.Answer(context, message);
            }

            context.Speak("Half of ", timestamps: true);
            return Task.CompletedTask;
        });
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("half", "Half of this. ");
        service.Upstream.When(" this", ScriptedContext.Answer);
        await client.WhenAsync("half", heard => heard.Text.Contains("this.", StringComparison.Ordinal));
        await client.PushAsync("half", "", more: false);

        Assert.Equal("Halfofthis.", string.Concat((await client.WhenEndedAsync("half")).Text.Split(' ')));
    }

    /// <summary>
    /// Upstreams that have said all they got wait for more. The clock here is another context, which is silent for real: by the time it has been given
    /// up several times, the others would have been.
    /// </summary>
    [Fact]
    public async Task WaitingForMoreText_IsNotSilence()
    {
        await using var service = await RunningService.StartAsync(
            "Upstreams:main:ProgressTimeout=00:00:00.05", "Upstreams:main:FirstAudioTimeout=00:01:00");
        service.Upstream.When("Clock", (context, _) =>
        {
            context.Speak("C");
            return Task.CompletedTask;
        });
        service.Upstream.When("Untimed", (context, message) => ScriptedContext.Answer(context, message with { Json = WithoutTimes(message) }));
        service.Upstream.When("Buffered", (context, _) =>
        {
            context.Speak("Buffered four, ", timestamps: true);
            return Task.CompletedTask;
        });
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("told", "Patient one. ");
        await client.PushAsync("flushed", "Patient two. ", flush: true);
        await client.PushAsync("untimed", "Untimed three. ");
        await client.PushAsync("buffered", "Buffered four, and", change: message => message["max_buffer_delay_ms"] = 5000);
        await client.WhenAsync("told", heard => heard.Text.Length > 0);
        await client.WhenAsync("buffered", heard => heard.Text.Length > 0);
        await client.WhenAsync("untimed", heard => heard.Text.Length > 0);
        await client.PushAsync("clock", "Clock.", more: false);
        Assert.Equal("upstream_silent", (await client.WhenEndedAsync("clock")).ErrorCode);

        Assert.Equal(2, service.Upstream.ContextsOf("Patient").Count);
        Assert.Single(service.Upstream.ContextsOf("Untimed"));
        Assert.Single(service.Upstream.ContextsOf("Buffered"));
        await client.PushAsync("told", "And more.", more: false);
        Assert.Equal("Patient one. And more.", (await client.WhenEndedAsync("told")).Text);
    }

    private static bool IsFirst(RunningService service, ScriptedContext context, string text) => service.Upstream.ContextsOf(text)[0] == context;

    private static System.Text.Json.JsonElement WithoutTimes(ScriptedMessage message)
    {
        var json = System.Text.Json.Nodes.JsonObject.Create(message.Json)!;
        json.Remove("add_timestamps");
        return System.Text.Json.JsonSerializer.SerializeToElement(json);
    }
}
