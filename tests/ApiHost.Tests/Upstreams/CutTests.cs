using System.Text;
using System.Text.Json.Nodes;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Upstreams;

/// <summary>The upstream's socket cut at every frame of a context of several segments: what a client hears all the same.</summary>
public sealed class CutTests
{
    private static readonly (string Text, bool Flush)[] Pushes =
    [
        ("The quick ", false), ("brown fox. ", true), ("... ", false), ("Jumps over ", false), ("", true), ("the lazy dog, ", true), ("and ends.", false),
    ];

    private static readonly (string Encoding, int Rate)[] Formats = [("pcm_s16le", 8000), ("pcm_mulaw", 8000), ("pcm_f32le", 44100)];

    private static string WholeText => string.Concat(Pushes.Select(push => push.Text));

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public async Task Sample_CutAnywhere_IsByteForByteTheSame(bool timesFirst, bool isElsewhere)
    {
        string[] settings = ["Upstreams:main:Resume=sample"];
        await using var service = await (isElsewhere ? RunningService.StartElsewhereAsync(settings) : RunningService.StartAsync(settings));
        var upstream = new CutUpstream(service.Upstream, timesFirst);
        await using var client = await SocketClient.ConnectAsync(service);
        foreach (var format in Formats)
        {
            var whole = await SpeakAsync(client, $"whole-{format.Encoding}", format);
            Assert.Equal(WholeText, whole.Text);
            for (int cut = 0, frames = upstream.Sent; cut <= frames; cut++)
            {
                upstream.CutAfter(cut);
                var heard = await SpeakAsync(client, $"cut-{format.Encoding}-{cut}", format);

                Assert.True(heard.IsDone, $"Cut behind {cut} frames: {heard.ErrorCode}");
                Assert.All(Enumerable.Range(1, 4), flushId => Assert.Equal(whole.AudioOf(flushId), heard.AudioOf(flushId)));
                Assert.Equal(whole.Words.Select(word => word.Word), heard.Words.Select(word => word.Word));
                Assert.All(whole.Words.Zip(heard.Words), pair => Assert.Equal(pair.First.Start, pair.Second.Start, tolerance: 0.0002));
                upstream.CutAfter(int.MaxValue);
            }
        }
    }

    /// <summary>Marks that were heard wait for words before they are said again: what was heard of them is left out all the same.</summary>
    [Fact]
    public async Task CutBehindMarks_WordsFollowLater_AreSaidOnce()
    {
        await using var service = await RunningService.StartAsync("Upstreams:main:Resume=sample");
        await using var client = await SocketClient.ConnectAsync(service);
        await SayAndCutBehindMarksAsync(service, client);
        await client.PushAsync("marks", "Two.", more: false);

        Assert.Equal("One. ... Two.", (await client.WhenEndedAsync("marks")).Text);
    }

    /// <summary>A segment of marks alone needs no upstream to end. They wait for the next, which has words, and are not heard there once more.</summary>
    [Fact]
    public async Task CutBehindMarks_FlushAndWordsFollowLater_AreSaidOnce()
    {
        await using var service = await RunningService.StartAsync("Upstreams:main:Resume=sample");
        await using var client = await SocketClient.ConnectAsync(service);
        await SayAndCutBehindMarksAsync(service, client);
        await client.PushAsync("marks", "", flush: true);
        await client.PushAsync("marks", "Two.", more: false);

        Assert.Equal(ScriptedAudio.Of("Two."), (await client.WhenEndedAsync("marks")).AudioOf(3));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Word_CutAnywhere_SaysEveryWordAndTwiceOnlyPartOfOne(bool timesFirst)
    {
        await using var service = await RunningService.StartAsync();
        var upstream = new CutUpstream(service.Upstream, timesFirst);
        await using var client = await SocketClient.ConnectAsync(service);
        var whole = await SpeakAsync(client, "whole", Formats[0]);
        for (int cut = 0, frames = upstream.Sent; cut <= frames; cut++)
        {
            upstream.CutAfter(cut);
            var heard = await SpeakAsync(client, $"cut-{cut}", Formats[0]);

            Assert.True(heard.IsDone, $"Cut behind {cut} frames: {heard.ErrorCode}");
            Assert.Contains(Letters(heard.Text), WithOneWordBegunTwice(WholeText));
            Assert.Equal(whole.Words.Select(word => word.Word), heard.Words.Select(word => word.Word));
            Assert.Equal(3, heard.FlushesDone);
            upstream.CutAfter(int.MaxValue);
        }
    }

    /// <summary>However often it is cut, as long as each attempt says a little more.</summary>
    [Theory]
    [InlineData("word")]
    [InlineData("sample")]
    public async Task CutAgainAndAgain_SaysAllInTheEnd(string mode)
    {
        await using var service = await RunningService.StartAsync($"Upstreams:main:Resume={mode}");
        var upstream = new CutUpstream(service.Upstream, timesFirst: true);
        await using var client = await SocketClient.ConnectAsync(service);
        var whole = await SpeakAsync(client, "whole", Formats[0]);
        for (var each = mode == "word" ? 6 : 14; each < 40; each++)
        {
            upstream.CutAfter(each, again: true);
            var heard = await SpeakAsync(client, $"each-{each}", Formats[0]);

            Assert.True(heard.IsDone, $"Cut behind every {each} frames: {heard.ErrorCode}");
            Assert.Equal(whole.Words.Select(word => word.Word), heard.Words.Select(word => word.Word));
            if (mode == "sample")
            {
                Assert.Equal(whole.Audio, heard.Audio);
            }
            else
            {
                Assert.True(HasAllInOrder(heard.Text, WholeText), heard.Text);
            }
        }
    }

    private static async Task SayAndCutBehindMarksAsync(RunningService service, SocketClient client)
    {
        await client.PushAsync("marks", "One. ", flush: true);
        await client.WhenAsync("marks", heard => heard.FlushesDone == 1);
        await client.PushAsync("marks", "... ");
        await client.WhenAsync("marks", heard => heard.Text == "One. ... ");
        service.Upstream.DropAll();
        await Eventually.IsAsync(async () => (await service.CountOpenAsync()).Slots, 0, TestContext.Current.CancellationToken);
    }

    private static async Task<HeardContext> SpeakAsync(SocketClient client, string id, (string Encoding, int Rate) format)
    {
        for (var i = 0; i < Pushes.Length; i++)
        {
            await client.PushAsync(id, Pushes[i].Text, more: i + 1 < Pushes.Length, Pushes[i].Flush, message =>
            {
                message["add_timestamps"] = true;
                message["output_format"] = new JsonObject { ["container"] = "raw", ["encoding"] = format.Encoding, ["sample_rate"] = format.Rate };
            });
        }

        return await client.WhenEndedAsync(id);
    }

    private static string Letters(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c)));

    private static HashSet<string> WithOneWordBegunTwice(string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var all = new HashSet<string>();
        for (var i = 0; i < words.Length; i++)
        {
            for (var begun = 0; begun <= words[i].Length; begun++)
            {
                all.Add(string.Concat(words[..i]) + words[i][..begun] + string.Concat(words[i..]));
            }
        }

        return all;
    }

    // Each word is spoken whole at least once, in order; between them only beginnings of the next one.
    private static bool HasAllInOrder(string heard, string text)
    {
        var rest = new StringBuilder(Letters(heard));
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var at = rest.ToString().IndexOf(word, StringComparison.Ordinal);
            if (at < 0)
            {
                return false;
            }

            rest.Remove(0, at + word.Length);
        }

        return true;
    }
}
