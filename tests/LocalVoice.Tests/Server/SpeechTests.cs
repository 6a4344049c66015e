using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Xunit;
using static TtsGrains.LocalVoice.Tests.Server.VoiceClient;

namespace TtsGrains.LocalVoice.Tests.Server;

/// <summary>With libespeak-ng, which must be installed.</summary>
public sealed class SpeechTests : ServerTests
{
    private const string Text = "Good morning, the 25 cafés don't cost $3.50 - really!  Do they?";

    [Fact]
    public async Task Words_OverContinuationsAndFlushes_AreEchoedInOrderAndTime()
    {
        var client = await ConnectToEspeakAsync();
        void Timed(JsonObject r) => (r["add_timestamps"], r["add_phoneme_timestamps"]) = (true, true);
        await client.SendAsync(Request("c", Text + " ", more: true, Timed), Token);
        await client.SendAsync(Request("c", "Yes,", more: true, Timed), Token);
        await client.SendAsync(Request("c", "", more: true, r => r["flush"] = true), Token);
        await client.SendAsync(Request("c", "and thank you", more: false, Timed), Token);

        var frames = await client.ReceiveContextAsync("c", Token);

        var words = frames.Where(f => f.Type == "timestamps").SelectMany(f => f.Words).ToList();
        Assert.Equal($"{Text} Yes, and thank you".Split(' ', StringSplitOptions.RemoveEmptyEntries), words.Select(w => w.Text));
        var seconds = AudioOf(frames).Length / 16000.0;
        foreach (var items in new[] { words, [.. frames.Where(f => f.Type == "phoneme_timestamps").SelectMany(f => f.Phonemes)] })
        {
            Assert.All(items, w => Assert.True(w.Start <= w.End));
            Assert.All(items.Zip(items.Skip(1)), pair => Assert.True(pair.First.Start <= pair.Second.Start));
            Assert.InRange(items[^1].End, seconds - 0.5, seconds + 0.01);
        }

        Assert.All(words.Where(w => w.Text != "-"), w => Assert.True(w.End - w.Start > 0.03, $"{w.Text} is too short"));
        Assert.All(frames.Where(f => f.Type == "timestamps"), f => Assert.True(f.FlushId is 1 or 2));
    }

    [Fact]
    public async Task Timestamps_NotAskedFor_AreNotSent()
    {
        var client = await ConnectToEspeakAsync();
        await client.SendAsync(Request("c", Text), Token);

        Assert.DoesNotContain(await client.ReceiveContextAsync("c", Token), f => f.Type.Contains("timestamps", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Timestamps_OfALongText_ComeNearTheirAudio()
    {
        var client = await ConnectToEspeakAsync();
        await client.SendAsync(Request("c", string.Concat(Enumerable.Repeat(Text + " ", 3)), more: false, r => r["add_timestamps"] = true), Token);

        var sent = 0.0;
        foreach (var frame in await client.ReceiveContextAsync("c", Token))
        {
            sent += frame.Type == "chunk" ? frame.Audio.Length / 16000.0 : 0;
            if (frame.Type == "timestamps")
            {
                Assert.InRange(frame.Words[^1].End, sent - 2.5, sent + 0.3);
            }
        }
    }

    [Fact]
    public async Task Speech_OfWords_IsLoudAndNotATone()
    {
        var client = await ConnectToEspeakAsync();

        var samples = MemoryMarshal.Cast<byte, short>(await client.SpeakAsync(Request("c", Text), Token)).ToArray();

        Assert.InRange(samples.Length / 8000.0, 3, 12);
        Assert.True(Rms(samples) > 1000);
        Assert.True(samples.Distinct().Count() > 1000);
    }

    [Fact]
    public async Task Voices_WithDifferentIds_SoundDifferent()
    {
        var client = await ConnectToEspeakAsync();

        var one = await MedianLengthAsync("one", "anna");
        var same = await MedianLengthAsync("same", new JsonObject { ["mode"] = "id", ["id"] = "anna" });
        var other = await MedianLengthAsync("other", new JsonObject { ["id"] = "bernd" });

        // Espeak does not repeat itself to the sample, but to a few hundredths of a second; single utterances may be farther off.
        Assert.InRange(same, one - 1000, one + 1000);
        Assert.True(Math.Abs(other - one) > 2000, $"{other} is too near to {one}");

        async Task<int> MedianLengthAsync(string context, JsonNode voice)
        {
            var lengths = new List<int>();
            for (var i = 0; i < 5; i++)
            {
                lengths.Add((await client.SpeakAsync(Request($"{context}{i}", Text, more: false, r => r["voice"] = voice.DeepClone()), Token)).Length);
            }

            return lengths.Order().ElementAt(2);
        }
    }

    [Theory]
    [InlineData("de", "Guten Morgen, wie geht es Ihnen?")]
    [InlineData("zh", "你好，世界。")]
    [InlineData("ja", "こんにちは、世界。")]
    [InlineData("ar", "مرحبا بالعالم")]
    [InlineData("hi", "नमस्ते दुनिया")]
    [InlineData("tl", "Magandang umaga")]
    public async Task Languages_OtherThanEnglish_AreSpoken(string language, string text)
    {
        var client = await ConnectToEspeakAsync();
        var audio = await client.SpeakAsync(Request("c", text, more: false, r => r["language"] = language), Token);

        Assert.InRange(audio.Length / 16000.0, 0.4, 12);
        Assert.True(Rms(MemoryMarshal.Cast<byte, short>(audio)) > 500);
    }

    [Fact]
    public async Task Language_Changes_HowTextIsSaid()
    {
        var client = await ConnectToEspeakAsync();

        var english = await client.SpeakAsync(Request("1", "Restaurant 77"), Token);
        var french = await client.SpeakAsync(Request("2", "Restaurant 77", more: false, r => r["locale"] = "fr-CA"), Token);

        Assert.True(Math.Abs(english.Length - french.Length) > 320);
    }

    [Fact]
    public async Task SpeedAndVolume_Changed_AreHeard()
    {
        var client = await ConnectToEspeakAsync();
        JsonObject With(string id, string config) => Request(id, Text, more: false, r => r["generation_config"] = JsonNode.Parse(config));

        var normal = await client.SpeakAsync(With("1", "{}"), Token);
        var fast = await client.SpeakAsync(With("2", """{"speed":1.5}"""), Token);
        var quiet = await client.SpeakAsync(With("3", """{"volume":0.5}"""), Token);

        Assert.InRange((double)fast.Length / normal.Length, 0.5, 0.8);
        Assert.InRange(Rms(MemoryMarshal.Cast<byte, short>(quiet)) / Rms(MemoryMarshal.Cast<byte, short>(normal)), 0.45, 0.55);
    }

    private static double Rms(ReadOnlySpan<short> samples)
    {
        var sum = 0.0;
        foreach (var sample in samples)
        {
            sum += (double)sample * sample;
        }

        return Math.Sqrt(sum / samples.Length);
    }
}
