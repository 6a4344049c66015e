using System.Net;
using TtsGrains.ApiHost.Tts;
using TtsGrains.ApiHost.Tts.Mp3;
using TtsGrains.Protocol.Audio;
using TtsGrains.Protocol.Requests;

namespace TtsGrains.ApiHost.Tests.Http;

public sealed class Mp3Tests(ProgramFixture fixture)
{
    [Theory]
    [InlineData(44100, 128_000, 128)]
    [InlineData(48000, 192_000, 192)]
    [InlineData(24000, 96_000, 96)]
    [InlineData(22050, 32_000, 32)]
    [InlineData(16000, 192_000, 160)]
    [InlineData(8000, 64_000, 64)]
    public async Task Bytes_Mp3_IsFramesOfTheAskedKindAsLongAsTheSpeech(int rate, int bitRate, int kilobits)
    {
        var mp3Body = Speaking.Body("mp3", sampleRate: rate).WithFormat("encoding", null).WithFormat("bit_rate", bitRate);
        using var mp3 = await fixture.Program.Client.SpeakAsync("/tts/bytes", mp3Body, TestContext.Current.CancellationToken);
        using var raw = await fixture.Program.Client.SpeakAsync("/tts/bytes", Speaking.Body(sampleRate: rate), TestContext.Current.CancellationToken);
        var file = await mp3.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        if (!LameLibrary.IsInstalled)
        {
            Assert.Equal(HttpStatusCode.BadRequest, mp3.StatusCode);
            return;
        }

        var frames = Mp3Frame.ReadAll(file);

        Assert.Equal("audio/mpeg", mp3.Content.Headers.ContentType!.MediaType);
        Assert.All(frames, frame => Assert.Equal((rate, kilobits, true), (frame.SampleRate, frame.Kilobits, frame.IsMono)));
        var spoken = (await raw.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length / 2.0 / rate;

        // An encoder adds up to three frames of silence.
        Assert.InRange(frames.Sum(frame => frame.Samples) / (double)rate, spoken, spoken + (3.0 * frames[0].Samples / rate));
    }

    [Theory]
    [InlineData(null, true, null)]
    [InlineData(64_000, true, null)]
    [InlineData(64_001, true, "64001")]
    [InlineData(320_000, true, "32000, 64000, 96000, 128000, 192000")]
    [InlineData(64_000, false, "libmp3lame")]
    public void Check_Mp3_NamesWhatIsWrong(int? bitRate, bool hasLame, string? named)
    {
        var error = AudioBodies.Check(Settings(AudioContainer.Mp3, bitRate), hasLame);

        Assert.Equal(named is null ? null : 400, error?.StatusCode);
        Assert.Contains(named ?? "", error?.Message ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void Check_WavWithoutLameAndWithAnyBitRate_IsFine() => Assert.Null(AudioBodies.Check(Settings(AudioContainer.Wav, 1), hasLame: false));

    private static SpeechSettings Settings(AudioContainer container, int? bitRate) => new()
    {
        ModelId = "sonic-3",
        VoiceId = "v",
        Container = container,
        Format = new AudioFormat(AudioEncoding.PcmS16Le, 44100),
        BitRate = bitRate,
        MaxBufferDelayMs = 0,
        PassThrough = default,
    };

    /// <summary>The header of a frame of MPEG 1, 2 or 2.5, Layer III.</summary>
    private readonly record struct Mp3Frame(int SampleRate, int Kilobits, bool IsMono, int Samples)
    {
        private static readonly int[] Mpeg1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
        private static readonly int[] Mpeg2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
        private static readonly int[] Rates = [44100, 48000, 32000];

        public static List<Mp3Frame> ReadAll(ReadOnlySpan<byte> file)
        {
            var frames = new List<Mp3Frame>();
            while (!file.IsEmpty)
            {
                Assert.Equal(0xFF, file[0]);
                Assert.Equal(0xE2, file[1] & 0xE6);
                var version = (file[1] >> 3) & 3;
                var kilobits = (version == 3 ? Mpeg1 : Mpeg2)[file[2] >> 4];
                var rate = Rates[(file[2] >> 2) & 3] >> (version == 3 ? 0 : version == 2 ? 1 : 2);
                var samples = version == 3 ? 1152 : 576;
                frames.Add(new Mp3Frame(rate, kilobits, file[3] >> 6 == 3, samples));
                file = file[((samples / 8 * kilobits * 1000 / rate) + ((file[2] >> 1) & 1))..];
            }

            return frames;
        }
    }
}
