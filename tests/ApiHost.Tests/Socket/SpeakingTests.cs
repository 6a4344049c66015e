using TtsGrains.ApiHost.Tests.Hosting;

namespace TtsGrains.ApiHost.Tests.Socket;

public sealed class SpeakingTests(ServiceFixture fixture)
{
    [Fact]
    public async Task SingleShot_IsSpokenWholeAndDone()
    {
        await using var client = await fixture.ConnectAsync();
        await client.PushAsync("one", "Hello there, how are you today?", more: false);

        var heard = await client.WhenEndedAsync("one");

        Assert.True(heard.IsDone);
        Assert.Equal("Hello there, how are you today?", heard.Text);
        Assert.Equal(0, heard.FlushesDone);
    }

    [Fact]
    public async Task Continuations_AreJoinedVerbatim()
    {
        await using var client = await fixture.ConnectAsync();
        foreach (var part in (string[])["Hel", "lo, ", "", "wor", "ld", "  !"])
        {
            await client.PushAsync("joined", part);
        }

        await client.PushAsync("joined", "", more: false);

        Assert.Equal("Hello, world  !", (await client.WhenEndedAsync("joined")).Text);
    }

    [Fact]
    public async Task Flushes_EachReportedOnceBehindItsAudio()
    {
        await using var client = await fixture.ConnectAsync();
        await client.PushAsync("flushed", "First. ");
        await client.PushAsync("flushed", "", flush: true);
        await client.PushAsync("flushed", "Second. ", flush: true);
        await client.PushAsync("flushed", "", flush: true);
        await client.PushAsync("flushed", "Third.", flush: true, more: false);

        var heard = await client.WhenEndedAsync("flushed");

        Assert.Equal(4, heard.FlushesDone);
        Assert.Equal("First. Second. Third.", heard.Text);
        Assert.Equal([7 * 16, 8 * 16, 0, 6 * 16], Enumerable.Range(1, 4).Select(flushId => heard.AudioOf(flushId).Length));
    }

    [Fact]
    public async Task Timestamps_OnlyWhenAskedFor()
    {
        await using var client = await fixture.ConnectAsync();
        await client.PushAsync("times", "one two", more: false, change: message => message["add_timestamps"] = true);
        await client.PushAsync("no-times", "one two", more: false);

        Assert.Equal(["one", "two"], (await client.WhenEndedAsync("times")).Words.Select(word => word.Word));
        Assert.Empty((await client.WhenEndedAsync("no-times")).Words);
    }

    [Fact]
    public async Task ContextId_UsedAgainAfterDone_IsAFreshContext()
    {
        await using var client = await fixture.ConnectAsync();
        await client.PushAsync("again", "First life.", more: false);
        var first = await client.WhenEndedAsync("again");
        await client.PushAsync("again", "Second life.", more: false);

        var second = await client.WhenAsync("again", context => context != first && context.End is not null);

        Assert.Equal("First life.", first.Text);
        Assert.Equal("Second life.", second.Text);
    }

    [Fact]
    public async Task FirstPush_NothingToSayAndLast_FailsAsAtCartesia()
    {
        await using var client = await fixture.ConnectAsync();
        await client.PushAsync("empty", " ?!", more: false);

        Assert.Equal("empty_transcript", (await client.WhenEndedAsync("empty")).ErrorCode);
    }
}
