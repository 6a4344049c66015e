using Microsoft.Extensions.DependencyInjection;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Grains.Contexts.Log;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Socket;

/// <summary>Messages for contexts that are over, or about to be.</summary>
public sealed class LateInputTests(ServiceFixture fixture)
{
    [Fact]
    public async Task TextWithoutSettings_OfAFinishedContext_IsContextClosed()
    {
        await using var client = await fixture.ConnectAsync();
        await client.PushAsync("finished", "All said.", more: false);
        var first = await client.WhenEndedAsync("finished");
        await client.SendAsync("finished", """{"context_id":"finished","transcript":"more","continue":false}""");

        Assert.Equal("context_closed", (await client.WhenAsync("finished", context => context != first && context.End is not null)).ErrorCode);
    }

    [Fact]
    public async Task Text_WhileTheContextIsStillFinishing_EndsItWithAnErrorBehindAllAudio()
    {
        var release = new TaskCompletionSource();
        fixture.Service.Upstream.When("Finishing", async (context, message) =>
        {
            await release.Task;
            await ScriptedContext.Answer(context, message);
        });
        await using var client = await fixture.ConnectAsync();
        await client.PushAsync("finishing", "Finishing slowly.", more: false);
        await client.PushAsync("finishing", "Too late.", more: false);
        await WhenTakenAsync(client, "finishing", inputs: 2);
        release.SetResult();

        var heard = await client.WhenEndedAsync("finishing");

        Assert.Equal("Finishing slowly.", heard.Text);
        Assert.Equal("context_closed", heard.ErrorCode);
    }

    [Fact]
    public async Task LateMessagesThatSayNothing_AreNoReasonForAnError()
    {
        await using var client = await fixture.ConnectAsync();
        await client.PushAsync("over", "All said.", more: false);
        var heard = await client.WhenEndedAsync("over");
        await client.PushAsync("over", "", more: false);
        await client.PushAsync("over", "", flush: true);
        await client.SendAsync("over", """{"context_id":"over","transcript":"","continue":true,"flush":true}""");
        await client.SendAsync("over", """{"context_id":"over","cancel":true}""");
        await client.SendAsync("unknown", """{"context_id":"unknown","cancel":true}""");
        await client.WhenReadAsync();

        Assert.Same(heard, client.Find("over"));
        Assert.Null(client.Find("unknown"));
        Assert.Empty(client.StrayErrors);
    }

    /// <summary>A flush alone, as the first message of an id that was used before, is taken for a late one. Input 0 says that it is not.</summary>
    [Fact]
    public async Task FlushOfNothing_AsInput0OfAFinishedId_BeginsAnew()
    {
        await using var client = await fixture.ConnectAsync();
        await client.PushAsync("again", "All said.", more: false);
        await client.WhenEndedAsync("again");
        await client.PushAsync("again", "", flush: true, change: message => message["input"] = 0);
        await client.WhenAsync("again", heard => heard is { FlushesDone: 1, Text: "" });
        await client.PushAsync("again", "Said anew.", more: false, change: message => message["input"] = 1);

        Assert.Equal("Said anew.", (await client.WhenEndedAsync("again")).Text);
    }

    /// <summary>After an error the rest of a text must not be spoken without its beginning.</summary>
    [Fact]
    public async Task Pushes_CrossingWithTheErrorOfTheirContext_AreNotSpoken()
    {
        await using var client = await fixture.ConnectAsync();
        await client.PushAsync("spoilt", "Said before. ");
        await client.WhenAsync("spoilt", context => context.Text.Length == 13);
        await client.SendAsync("spoilt", """{"context_id":"spoilt","transcript":7,"continue":true}""");
        for (var i = 0; i < 20; i++)
        {
            await client.SendAsync("spoilt", SocketClient.Message("spoilt", $"Not to be said {i}. ", more: i < 19).ToJsonString());
        }

        await client.WhenEndedAsync("spoilt");
        await client.WhenReadAsync();

        Assert.Equal(("invalid_request", "Said before. "), (client.Find("spoilt")!.ErrorCode, client.Find("spoilt")!.Text));
        Assert.Equal(["spoilt", "spoilt"], client.Order.Where(id => id == "spoilt"));
        Assert.DoesNotContain(fixture.Service.Upstream.Received, message => message.Transcript.StartsWith("Not to be said", StringComparison.Ordinal));
    }

    // A position ahead of the log changes nothing; the answer tells how many inputs there were.
    private async Task WhenTakenAsync(SocketClient client, string contextId, int inputs)
    {
        var logs = fixture.Service.Services.GetRequiredService<ContextLogs>();
        var grains = fixture.Service.Services.GetRequiredService<IGrainFactory>();
        var session = new SessionKey(RunningService.Acme, client.HeaderOf("X-Session-Id")!);
        await Eventually.IsAsync(
            async () => logs.FindContext(session, contextId) is { } key ? (await grains.GetGrain<IContextGrain>(key.ToString()).AttachAsync(int.MaxValue))!.Taken : 0,
            inputs,
            TestContext.Current.CancellationToken);
    }
}
