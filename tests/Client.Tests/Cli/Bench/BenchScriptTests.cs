using System.Text;
using TtsGrains.Cli.Bench.Load;
using TtsGrains.Cli.Bench.Processes;
using TtsGrains.Cli.Bench.Upstream;
using TtsGrains.Protocol.Audio;
using TtsGrains.Protocol.Requests;

namespace TtsGrains.Client.Tests.Cli.Bench;

public sealed class BenchScriptTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(6000)]
    public void Push_TellsTheUpstreamTheNumberOfChunksAndTheFormat(int chunks)
    {
        var format = new AudioFormat(AudioEncoding.PcmF32Le, 44100);

        Assert.Null(ClientMessageParser.Parse(BenchScript.Push("7", chunks, format), out var message));

        Assert.Equal(("7", chunks, AudioEncoding.PcmF32Le, 44100, false), (message.ContextId, BenchScript.ChunksIn(message.Transcript!), message.Encoding, message.SampleRate, message.Continue));
    }

    [Fact]
    public void Push_OfTenSeconds_HasTextForAVoiceToSpeakAboutAsLong()
    {
        Assert.Null(ClientMessageParser.Parse(BenchScript.Push("7", 100, BenchScript.Telephone), out var message));

        Assert.InRange(message.Transcript!.Length, 100, 150);
    }

    [Theory]
    [InlineData("Good morning.")]
    [InlineData("Speak chunks: many.")]
    [InlineData("Speak chunks: 5")]
    [InlineData("")]
    public void ChunksIn_AnotherText_IsOne(string text) => Assert.Equal(1, BenchScript.ChunksIn(text));

    [Theory]
    [InlineData(AudioEncoding.PcmMulaw, 8000, 800)]
    [InlineData(AudioEncoding.PcmF32Le, 44100, 17640)]
    [InlineData(AudioEncoding.PcmS16Le, 22050, 4410)]
    public void ChunkOf_Format_PlaysForATenthOfASecond(AudioEncoding encoding, int rate, int bytes)
        => Assert.Equal(bytes, Convert.FromBase64String(BenchScript.ChunkOf(new AudioFormat(encoding, rate))).Length);

    [Theory]
    [InlineData(0)]
    [InlineData(255)]
    [InlineData(70_000)]
    public void ChunkNumber_Written_IsRead(int number)
    {
        var text = Encoding.ASCII.GetBytes(BenchScript.ChunkOf(BenchScript.Telephone));

        ChunkNumber.Write(text, number);

        Assert.Equal(number, ChunkNumber.Read(text));
        Assert.Equal(800, Convert.FromBase64String(Encoding.ASCII.GetString(text)).Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAAAAAA=")]
    [InlineData("AAAAAAAAAAAA")]
    [InlineData("!!!!!!!!!!!!")]
    public void ChunkNumber_OtherAudio_HasNone(string text) => Assert.Null(ChunkNumber.Read(Encoding.ASCII.GetBytes(text)));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(10, 20)]
    [InlineData(33, 66)]
    [InlineData(100, 200)]
    public void CancelShare_OfTwoHundredContexts_IsThatShareSpreadEvenly(int percent, int expected)
    {
        var shape = new LoadShape(200, 20, TimeSpan.FromSeconds(1), TimeSpan.Zero, BenchScript.Telephone, percent);

        var cancelled = Enumerable.Range(0, 200).Where(shape.IsCancelled).ToList();

        Assert.Equal(expected, cancelled.Count);
        Assert.Equal(expected / 2, cancelled.Count(index => index < 100));
    }

    [Fact]
    public void PrivateBytes_AreThePrivatePagesOfTheRollup()
        => Assert.Equal(
            12 * 1024,
            ProcessMemory.ParseRollup(["55d0-7ffd ---p 00000000 00:00 0 [rollup]", "Rss:  99 kB", "Shared_Clean: 7 kB", "Private_Clean:         4 kB", "Private_Dirty:         8 kB"]));
}
