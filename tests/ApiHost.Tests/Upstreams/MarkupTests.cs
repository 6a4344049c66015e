using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;

namespace TtsGrains.ApiHost.Tests.Upstreams;

/// <summary>
/// Text that is cut inside characters and tags, spoken by an upstream that returns the pieces of tags as words. Contexts in this process and
/// elsewhere.
/// </summary>
public sealed class MarkupTests
{
    private const string Tagged = "<speed ratio=\"1.5\"/>One 😀 two, <break time=\"1.5s\" /> Grüße <spell>AB 1</spell> and 한국어.";

    private static readonly string[] Words = ["One", "😀", "two,", "Grüße", "AB", "1", "and", "한국어."];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Text_CutAtEveryCodeUnit_IsSpokenAsUncut(bool isElsewhere)
    {
        await using var service = await (isElsewhere ? RunningService.StartElsewhereAsync() : RunningService.StartAsync());
        await using var client = await SocketClient.ConnectAsync(service);
        for (var cut = 0; cut <= Tagged.Length; cut++)
        {
            var heard = await SpeakAsync(client, $"cut-{cut}", Tagged[..cut], Tagged[cut..]);

            Assert.True(heard.IsDone, $"Cut at {cut}: {heard.ErrorCode}");
            Assert.Equal(Tagged, heard.Text);
            Assert.Equal(string.Concat(Words), string.Concat(heard.Words.Select(word => word.Word)));
        }

        Assert.All(service.Upstream.Received, message => Assert.DoesNotContain('\ufffd', message.Transcript));
    }

    [Fact]
    public async Task HalfThatStaysAlone_IsAReplacementCharacter()
    {
        await using var service = await RunningService.StartAsync();
        await using var client = await SocketClient.ConnectAsync(service);

        var heard = await SpeakAsync(client, "half", "One \ud83d", " two \ude00", " three \ud83d");

        Assert.Equal("One \ufffd two \ufffd three \ufffd", heard.Text);
    }

    /// <summary>The upstream is lost at every frame: no attempt begins inside a tag, and every one after the setting has it.</summary>
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task UpstreamLost_AtEveryFrame_SaysEveryWordAndNoTag(bool timesFirst, bool isElsewhere)
    {
        await using var service = await (isElsewhere ? RunningService.StartElsewhereAsync() : RunningService.StartAsync());
        var upstream = new CutUpstream(service.Upstream, timesFirst);
        await using var client = await SocketClient.ConnectAsync(service);
        await SpeakAsync(client, "whole", Tagged[..40], Tagged[40..]);
        for (int cut = 0, frames = upstream.Sent; cut <= frames; cut++)
        {
            upstream.CutAfter(cut);
            var before = service.Upstream.Received.Count;
            var heard = await SpeakAsync(client, $"lost-{cut}", Tagged[..40], Tagged[40..]);
            var transcripts = service.Upstream.Received.Skip(before).GroupBy(message => message.ContextId)
                .Select(messages => string.Concat(messages.Select(message => message.Transcript)));

            Assert.True(heard.IsDone, $"Lost behind {cut} frames: {heard.ErrorCode}");
            Assert.Equal(Words, heard.Words.Select(word => word.Word));
            Assert.All(transcripts.Where(text => text.Trim().Length > 0), text => Assert.StartsWith("<speed ratio=\"1.5\"/>", text, StringComparison.Ordinal));
            upstream.CutAfter(int.MaxValue);
        }
    }

    [Fact]
    public async Task BreakAlone_IsSentAndNoError()
    {
        await using var service = await RunningService.StartAsync();
        await using var client = await SocketClient.ConnectAsync(service);

        var heard = await SpeakAsync(client, "pause", "<break time=\"1s\"/>");

        Assert.True(heard.IsDone);
        Assert.Empty(heard.Words);
        Assert.NotEmpty(heard.Audio);
    }

    private static async Task<HeardContext> SpeakAsync(SocketClient client, string id, params string[] pushes)
    {
        for (var i = 0; i < pushes.Length; i++)
        {
            // As JSON.stringify writes it: a lone surrogate is an escape.
            var text = string.Concat(pushes[i].Select(c => char.IsSurrogate(c) ? $"\\u{(int)c:x4}" : c is '"' ? "\\\"" : c.ToString()));
            var message = SocketClient.Message(id, "TEXT", more: i + 1 < pushes.Length, change: message => message["add_timestamps"] = true);
            await client.SendAsync(id, message.ToJsonString().Replace("TEXT", text, StringComparison.Ordinal));
        }

        return await client.WhenEndedAsync(id);
    }
}
