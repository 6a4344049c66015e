using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Xunit;
using static TtsGrains.LocalVoice.Tests.Server.VoiceClient;

namespace TtsGrains.LocalVoice.Tests.Server;

public sealed class ContextTests : ServerTests
{
    [Fact]
    public async Task Push_FlushPushDone_KeepsTheOrderOfSegments()
    {
        var client = await StartAndConnectAsync();
        await client.SendAsync(Request("c", "Stay hungry, ", more: true), Token);
        await client.SendAsync(Request("c", "", more: true, r => r["flush"] = true), Token);
        await client.SendAsync(Request("c", "stay foolish.", more: true), Token);
        await client.SendAsync(Request("c", ""), Token);

        var frames = await client.ReceiveContextAsync("c", Token);

        Assert.All(frames, f => Assert.Equal("c", f.Context));
        Assert.All(frames.SkipLast(1), f => Assert.False(f.Json.GetProperty("done").GetBoolean()));
        Assert.Equal("done", frames[^1].Type);
        var flushDone = Assert.Single(frames, f => f.Type == "flush_done");
        Assert.Equal(1, flushDone.FlushId);
        var at = frames.IndexOf(flushDone);
        Assert.NotEmpty(frames[..at]);
        Assert.All(frames[..at], f => Assert.Equal(("chunk", 1), (f.Type, f.FlushId)));
        Assert.NotEmpty(frames[(at + 1)..^1]);
        Assert.All(frames[(at + 1)..^1], f => Assert.Equal(("chunk", 2), (f.Type, f.FlushId)));
    }

    [Fact]
    public async Task Flush_WithTextWithoutTextAndFinal_GivesOneFlushDoneEach()
    {
        var client = await StartAndConnectAsync();
        await client.SendAsync(Request("c", "", more: true, r => r["flush"] = true), Token);
        await client.SendAsync(Request("c", "one", more: true, r => r["flush"] = true), Token);
        await client.SendAsync(Request("c", "two", more: false, r => r["flush"] = true), Token);

        var frames = await client.ReceiveContextAsync("c", Token);

        Assert.Equal([1, 2, 3], frames.Where(f => f.Type == "flush_done").Select(f => f.FlushId));
        Assert.Equal("flush_done", frames[0].Type);
        Assert.Equal(["flush_done", "done"], frames[^2..].Select(f => f.Type));
    }

    [Fact]
    public async Task Push_OneWordInParts_SoundsLikeTheWholeWord()
    {
        var client = await StartAndConnectAsync();
        await client.SendAsync(Request("parts", "Won", more: true), Token);
        await client.SendAsync(Request("parts", "derful", more: true), Token);
        await client.SendAsync(Request("parts", "", more: false), Token);
        var parts = AudioOf(await client.ReceiveContextAsync("parts", Token));

        Assert.Equal(await client.SpeakAsync(Request("whole", "Wonderful"), Token), parts);
    }

    [Fact]
    public async Task Push_WithoutBuffering_SpeaksEveryMessageAtOnce()
    {
        var client = await StartAndConnectAsync();
        await client.SendAsync(Request("c", "no punctuation", more: true, r => r["max_buffer_delay_ms"] = 0), Token);

        var first = await client.ReceiveAsync(Token);

        Assert.Equal("chunk", first!.Type);
    }

    [Fact]
    public async Task Contexts_OnOneSocket_TakeTurns()
    {
        var client = await StartAndConnectAsync(o => o.RealtimeFactor = 50);
        var text = string.Concat(Enumerable.Repeat("Many words are said here, one by one. ", 4));
        await client.SendAsync(Request("a", text), Token);
        await client.SendAsync(Request("b", text), Token);

        var frames = await client.ReceiveContextAsync("a", Token);
        if (!frames.Exists(f => f.Context == "b" && f.Type == "done"))
        {
            frames.AddRange(await client.ReceiveContextAsync("b", Token));
        }

        var lastOfA = frames.FindLastIndex(f => f is { Context: "a", Type: "chunk" });
        var firstOfB = frames.FindIndex(f => f is { Context: "b", Type: "chunk" });
        Assert.True(firstOfB < lastOfA, $"{firstOfB} is not before {lastOfA}");
        Assert.Equal(AudioOf(frames.Where(f => f.Context == "a")), AudioOf(frames.Where(f => f.Context == "b")));
    }

    [Fact]
    public async Task Cancel_WhileSpeaking_IsFollowedBySilence()
    {
        var client = await StartAndConnectAsync(o => o.RealtimeFactor = 4);
        await client.SendAsync(Request("gone", string.Concat(Enumerable.Repeat("A long story without an end. ", 100))), Token);
        await client.ReceiveUntilAsync(f => f.Type == "chunk", Token);
        await client.SendTextAsync("{\n \"cancel\": true,\n \"context_id\": \"gone\"\n}", Token);

        // An answer to what was sent after the cancel shows that the cancel has been read.
        await client.SendTextAsync("not json", Token);
        await client.ReceiveUntilAsync(f => f.Type == "error", Token);
        var after = await SayAsync(client, "next");
        after.AddRange(await SayAsync(client, "next but one"));

        Assert.DoesNotContain(after, f => f.Context == "gone");
    }

    [Fact]
    public async Task Cancel_FreesTheSlotAtOnce()
    {
        var client = await StartAndConnectAsync(o => o.MaxContextsPerSocket = 1);
        await client.SendAsync(Request("a", "waits ", more: true), Token);
        await client.SendAsync(Request("b", "no room"), Token);
        var refused = (await client.ReceiveContextAsync("b", Token))[^1];
        Assert.Equal("concurrency_limited", refused.ErrorCode);
        Assert.Equal(429, refused.Json.GetProperty("status_code").GetInt32());

        await client.SendTextAsync("""{"context_id":"a","cancel":true}""", Token);

        Assert.Equal("done", (await SayAsync(client, "c"))[^1].Type);
    }

    [Fact]
    public async Task LateInput_AfterDone_IsRefusedUnlessEmpty()
    {
        var client = await StartAndConnectAsync();
        await client.SpeakAsync(Request("c", "Over."), Token);
        await client.SendAsync(Request("c", ""), Token);
        await client.SendAsync(Request("c", "more"), Token);

        var answer = await client.ReceiveAsync(Token);

        Assert.Equal(("error", "c", "context_closed"), (answer!.Type, answer.Context, answer.ErrorCode));
    }

    [Fact]
    public async Task Stop_WithAContextOpen_SaysSoAndCloses()
    {
        var server = await StartAsync();
        var client = await ConnectAsync(server);
        await client.SendAsync(Request("c", "waits ", more: true), Token);
        await client.SendTextAsync("[]", Token);
        await client.ReceiveUntilAsync(f => f.Type == "error", Token);

        var stopping = server.DisposeAsync().AsTask();

        var last = await client.ReceiveAsync(Token);
        Assert.Equal(("error", "c", "shutting_down"), (last!.Type, last.Context, last.ErrorCode));
        Assert.Null(await client.ReceiveAsync(Token));
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, client.Socket.CloseStatus);
        await client.Socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Token);
        await stopping;
    }

    private static async Task<List<Frame>> SayAsync(VoiceClient client, string context, Action<JsonObject>? change = null)
    {
        await client.SendAsync(Request(context, "Hello there.", more: false, change), Token);
        return await client.ReceiveContextAsync(context, Token);
    }
}
