using System.Text.Json.Nodes;
using Xunit;
using static TtsGrains.LocalVoice.Tests.Server.VoiceClient;

namespace TtsGrains.LocalVoice.Tests.Server;

public sealed class FormatTests : ServerTests
{
    public static TheoryData<string, int, int> Formats
    {
        get
        {
            var all = new TheoryData<string, int, int>();
            foreach (var rate in new[] { 8000, 16000, 22050, 24000, 44100, 48000 })
            {
                all.Add("pcm_f32le", 4, rate);
                all.Add("pcm_s16le", 2, rate);
                all.Add("pcm_mulaw", 1, rate);
                all.Add("pcm_alaw", 1, rate);
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Audio_InEveryFormat_LastsEquallyLong(string encoding, int bytesPerSample, int rate)
    {
        var client = await StartAndConnectAsync();
        var reference = (await client.SpeakAsync(In("pcm_s16le", 22050, "a"), Token)).Length / 2;
        await client.SendAsync(In(encoding, rate, "b"), Token);

        var frames = await client.ReceiveContextAsync("b", Token);

        var chunks = frames.Where(f => f.Type == "chunk").ToList();
        Assert.All(chunks, c => Assert.Equal(0, c.Audio.Length % bytesPerSample));
        Assert.All(chunks, c => Assert.True(c.Json.GetProperty("step_time").GetDouble() >= 0));
        Assert.Equal((int)Math.Ceiling((double)reference * rate / 22050), AudioOf(frames).Length / bytesPerSample);
    }

    [Fact]
    public async Task Tones_Always_AreTheSameBytes()
    {
        var client = await StartAndConnectAsync();

        var first = await client.SpeakAsync(In("pcm_mulaw", 8000, "a"), Token);
        var second = await client.SpeakAsync(In("pcm_mulaw", 8000, "b"), Token);
        var other = await client.SpeakAsync(In("pcm_mulaw", 8000, "c", voice: "another"), Token);

        Assert.Equal(first, second);
        Assert.NotEqual(first, other);
    }

    [Fact]
    public async Task Tones_WithTimestamps_NameEveryWord()
    {
        var client = await StartAndConnectAsync();
        await client.SendAsync(Request("c", "One two, three.", more: false, r => r["add_timestamps"] = true), Token);

        var words = (await client.ReceiveContextAsync("c", Token)).Where(f => f.Type == "timestamps").SelectMany(f => f.Words).ToList();

        Assert.Equal(["One", "two,", "three."], words.Select(w => w.Text));
        Assert.All(words, w => Assert.True(w.End > w.Start));
    }

    private static JsonObject In(string encoding, int rate, string context, string voice = "v") => Request(context, "The quick brown fox.", more: false, r =>
    {
        r["voice"] = voice;
        r["output_format"] = new JsonObject { ["container"] = "raw", ["encoding"] = encoding, ["sample_rate"] = rate };
    });
}
