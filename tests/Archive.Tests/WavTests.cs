using TtsGrains.Protocol.Audio;
using Xunit;

namespace TtsGrains.Archive.Tests;

public sealed class WavTests
{
    [Theory]
    [InlineData(AudioEncoding.PcmS16Le, 24000, 1, 16, 16)]
    [InlineData(AudioEncoding.PcmF32Le, 44100, 3, 32, 18)]
    [InlineData(AudioEncoding.PcmAlaw, 8000, 6, 8, 18)]
    [InlineData(AudioEncoding.PcmMulaw, 8000, 7, 8, 18)]
    public void WriteHeader_EachEncoding_IsReadBack(AudioEncoding encoding, int rate, int tag, int bits, int formatLength)
    {
        var audio = Enumerable.Range(0, 400).Select(i => (byte)i).ToArray();

        var wav = WavFile.Parse(FileOf(new AudioFormat(encoding, rate), audio));

        Assert.Equal((tag, 1, rate, bits, formatLength), (wav.Tag, wav.Channels, wav.SampleRate, wav.BitsPerSample, wav.FormatLength));
        Assert.Equal((bits / 8, rate * bits / 8), (wav.BlockAlign, wav.BytesPerSecond));
        Assert.Equal(encoding == AudioEncoding.PcmS16Le ? null : (uint)(audio.Length * 8 / bits), wav.FactSamples);
        Assert.Equal(audio, wav.Audio);
    }

    [Fact]
    public void WriteHeader_OddAudio_CountsThePaddingOutsideTheData()
    {
        var file = FileOf(new AudioFormat(AudioEncoding.PcmMulaw, 8000), [1, 2, 3]);

        Assert.Equal(58 + 3 + 1, file.Length);
        Assert.Equal([1, 2, 3], WavFile.Parse(file).Audio);
    }

    [Fact]
    public void WriteHeader_MoreThanTheSizesCanSay_Throws()
        => Assert.Throws<ArgumentOutOfRangeException>(() => Wav.WriteHeader(new byte[58], new AudioFormat(AudioEncoding.PcmS16Le, 8000), uint.MaxValue));

    private static byte[] FileOf(AudioFormat format, byte[] audio)
    {
        var file = new byte[Wav.HeaderLength(format.Encoding) + audio.Length + Wav.PaddingLength(audio.Length)];
        var header = Wav.WriteHeader(file, format, audio.Length);
        audio.CopyTo(file, header);
        return file;
    }
}
