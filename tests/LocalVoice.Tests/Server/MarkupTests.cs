using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using TtsGrains.Testing;
using Xunit;
using static TtsGrains.LocalVoice.Tests.Server.VoiceClient;

namespace TtsGrains.LocalVoice.Tests.Server;

public sealed class MarkupTests : ServerTests
{
    [Theory]
    [InlineData("<break time=\"1.5s\"/>", 1.5)]
    [InlineData("<break time='250ms' />", 0.25)]
    [InlineData(" <break time=\"1s\"/> <break time=\"1s\"/> ", 2)]
    public async Task Break_Alone_IsSilenceOfThatLength(string text, double seconds)
    {
        var client = await StartAndConnectAsync();
        var audio = await client.SpeakAsync(Timed("c", text), Token);

        Assert.Equal(seconds, audio.Length / 16000.0, 0.01);
        Assert.All(audio, sample => Assert.Equal(0, sample));
    }

    [Fact]
    public async Task Break_BetweenSentences_MovesTheWordsBehindIt()
    {
        var client = await StartAndConnectAsync();
        var plain = await SpeakTimedAsync(client, "1", "Hello there. Good bye.");
        var (audio, words) = await SpeakTimedAsync(client, "2", "Hello there. <break time=\"2s\"/>Good bye.");

        Assert.Equal(["Hello", "there.", "Good", "bye."], words.Select(word => word.Text));
        Assert.Equal(plain.Words[2].Start + 2, words[2].Start, 0.02);
        Assert.Equal(plain.Audio.Length + 32000, audio.Length, 320.0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3000)]
    public async Task Tags_CutAtEveryCodeUnit_GiveTheSameAudioAndWords(int bufferDelayMs)
    {
        const string Text = "Hi<break time=\"0.1s\"/> my <spell>A1</spell>, <speed ratio=\"1.5\"/>quick 1 < 2 <volume ratio=\"0.5\"/>end.";
        var client = await StartAndConnectAsync(time: new FakeTimeProvider(DateTimeOffset.UnixEpoch));
        var whole = await SpeakTimedAsync(client, "whole", Text);
        Assert.Equal(["Hi", "my", "A1,", "quick", "1", "<", "2", "end."], whole.Words.Select(word => word.Text));

        for (var cut = 1; cut < Text.Length; cut++)
        {
            await AssertSameAsync(client, whole, Text, cut, bufferDelayMs);
        }
    }

    [Theory]
    [InlineData("Naïve cafe\u0301 👩‍👩‍👧 ☀️ is 3.50, \"yes.\" Ok? ")]
    [InlineData("「你好。」再见，朋友！葛󠄀城 𠮷野。")]
    [InlineData("मैं क्‍षमा चाहता हूँ। नमस्ते दुनिया। ")]
    [InlineData("می‌خواهم، سلام دنیا. שָׁלוֹם עולם! ")]
    [InlineData("สวัสดีครับ คุณสบายดีไหม 안녕하세요. ")]
    [InlineData("Tiếng Việt: ơ\u0301 🇩🇪🇫🇷 1️⃣ 👍🏽 **fett** und [hier](https://x.y). ")]
    public async Task Text_CutAtEveryCodeUnit_GivesTheSameAudioAndWords(string text)
    {
        var client = await StartAndConnectAsync(time: new FakeTimeProvider(DateTimeOffset.UnixEpoch));
        var whole = await SpeakTimedAsync(client, "whole", text);
        Assert.NotEmpty(whole.Words);

        for (var cut = 1; cut < text.Length; cut++)
        {
            await AssertSameAsync(client, whole, text, cut, bufferDelayMs: 3000);
            await AssertSameAsync(client, whole, text, cut, bufferDelayMs: 0);
        }
    }

    [Fact]
    public async Task Text_OneCodeUnitInEachMessage_GivesTheSameAudioAndWords()
    {
        const string Text = "Cafe\u0301 👩‍👩‍👧! <break time=\"100ms\"/>「你好。」 Bye <spell>X9</spell>. ";
        var client = await StartAndConnectAsync();
        var whole = await SpeakTimedAsync(client, "whole", Text);
        for (var i = 0; i < Text.Length; i++)
        {
            await client.SendTextAsync(Json(Timed("units", Text[i].ToString(), more: i + 1 < Text.Length)), Token);
        }

        var frames = await client.ReceiveContextAsync("units", Token);
        Assert.Equal(whole.Audio, AudioOf(frames));
        Assert.Equal(whole.Words, WordsOf(frames));
    }

    [Fact]
    public async Task UnfinishedTag_AtTheEnd_IsReadAsText()
    {
        var client = await StartAndConnectAsync();
        var (_, words) = await SpeakTimedAsync(client, "c", "Wait <break time=\"1s\"");

        Assert.Equal(["Wait", "<break", "time=\"1s\""], words.Select(word => word.Text));
    }

    [Fact]
    public async Task Marks_Alone_HaveAWordTime()
    {
        var client = await StartAndConnectAsync();
        await client.SendAsync(Timed("c", "Well then. ", more: true), Token);
        foreach (var marks in new[] { "... ", "!!! ", "- ", "— ", "😀 ", "** " })
        {
            await client.SendAsync(Timed("c", marks, more: true), Token);
        }

        await client.SendAsync(Timed("c", "Yes."), Token);
        var words = WordsOf(await client.ReceiveContextAsync("c", Token));

        Assert.Equal(["Well", "then.", "...", "!!!", "-", "—", "😀", "**", "Yes."], words.Select(word => word.Text));
        Assert.All(words.Zip(words.Skip(1)), pair => Assert.True(pair.First.Start <= pair.Second.Start));
    }

    /// <summary>An emoji is no punctuation: a context of emoji alone is no error.</summary>
    [Theory]
    [InlineData("😀", "😀")]
    [InlineData("👍🏽 🎉!", "👍🏽|🎉!")]
    [InlineData("❤️ ...", "❤️|...")]
    public async Task Emoji_Alone_HaveAWordTimeAndNoAudio(string text, string expected)
    {
        var client = await StartAndConnectAsync();
        var (audio, words) = await SpeakTimedAsync(client, "c", text);

        Assert.Empty(audio);
        Assert.Equal(expected.Split('|').Select(word => (word, 0.0, 0.0)), words);
    }

    [Fact]
    public async Task Markdown_WithEspeak_SoundsAsWithoutIt()
    {
        var client = await ConnectToEspeakAsync();
        var plain = await SpeakTimedAsync(client, "1", "Title. This is bold and code in your docs. Yes.");
        var marked = await SpeakTimedAsync(client, "2", "# Title. This is **bold** and `code` in [your docs](https://example.com/a/b/c). 😀🎉 Yes.");

        Assert.InRange(marked.Audio.Length, plain.Audio.Length - 4000, plain.Audio.Length + 8000);
        Assert.Equal(
            ["#", "Title.", "This", "is", "**bold**", "and", "`code`", "in", "[your", "docs](https://example.com/a/b/c).", "😀🎉", "Yes."],
            marked.Words.Select(word => word.Text));
        Assert.All(marked.Words.Where(word => word.Text is "**bold**" or "`code`" or "[your"), word => Assert.True(word.End - word.Start > 0.05, word.Text));
    }

    [Fact]
    public async Task Tags_WithEspeak_SpellAndChangeSpeedAndVolume()
    {
        const string Text = "A sentence of some length is spoken here.";
        var client = await ConnectToEspeakAsync();
        var normal = await client.SpeakAsync(Request("1", Text), Token);
        var fast = await client.SpeakAsync(Request("2", "<speed ratio=\"1.5\"/>" + Text), Token);
        var quiet = await client.SpeakAsync(Request("3", "<volume ratio=\"0.5\"/>" + Text), Token);
        var word = await SpeakTimedAsync(client, "4", "My code is NASA.");
        var spelled = await SpeakTimedAsync(client, "5", "My code is <spell>NASA</spell>.");

        Assert.InRange((double)fast.Length / normal.Length, 0.5, 0.8);
        Assert.InRange(Loudness(quiet) / Loudness(normal), 0.4, 0.6);
        Assert.True(spelled.Audio.Length > word.Audio.Length + 8000);
        Assert.Equal(["My", "code", "is", "NASA."], spelled.Words.Select(one => one.Text));
        Assert.True(spelled.Words[3].End - spelled.Words[3].Start > 0.8);
    }

    private static double Loudness(byte[] audio) => MemoryMarshal.Cast<byte, short>(audio).ToArray().Average(sample => Math.Abs((double)sample));

    private static JsonObject Timed(string context, string text, bool more = false, int? bufferDelayMs = null)
        => Request(context, text, more, request =>
        {
            request["add_timestamps"] = true;
            if (bufferDelayMs is { } delay)
            {
                request["max_buffer_delay_ms"] = delay;
            }
        });

    // JsonNode replaces half a surrogate pair, so that the text is escaped by hand.
    private static string Json(JsonObject request)
    {
        var text = request["transcript"]!.GetValue<string>();
        request["transcript"] = "@text@";
        return request.ToJsonString().Replace("@text@", string.Concat(text.Select(c => $"\\u{(int)c:x4}")), StringComparison.Ordinal);
    }

    private static List<(string Text, double Start, double End)> WordsOf(IEnumerable<Frame> frames)
        => [.. frames.Where(frame => frame.Type == "timestamps").SelectMany(frame => frame.Words)];

    private static async Task<(byte[] Audio, List<(string Text, double Start, double End)> Words)> SpeakTimedAsync(VoiceClient client, string context, string text)
    {
        await client.SendAsync(Timed(context, text), Token);
        var frames = await client.ReceiveContextAsync(context, Token);
        Assert.True(frames[^1].Type == "done", frames[^1].Json.ToString());
        return (AudioOf(frames), WordsOf(frames));
    }

    private static async Task AssertSameAsync(
        VoiceClient client, (byte[] Audio, List<(string Text, double Start, double End)> Words) whole, string text, int cut, int bufferDelayMs)
    {
        var context = $"{bufferDelayMs}-{cut}";
        await client.SendTextAsync(Json(Timed(context, text[..cut], more: true, bufferDelayMs)), Token);
        await client.SendTextAsync(Json(Timed(context, text[cut..], more: false, bufferDelayMs)), Token);
        var frames = await client.ReceiveContextAsync(context, Token);
        Assert.True(frames[^1].Type == "done", frames[^1].Json.ToString());
        var cutAt = $"cut at {cut}: {text[..cut]}|{text[cut..]}";
        Assert.Equal((cutAt, string.Join('|', whole.Words.Select(word => word.Text))), (cutAt, string.Join('|', WordsOf(frames).Select(word => word.Text))));
        Assert.True(whole.Audio.AsSpan().SequenceEqual(AudioOf(frames)), $"other audio, {cutAt}");
    }
}
