using TtsGrains.Protocol.Audio;

namespace TtsGrains.Protocol.Tests.Audio;

public sealed class AudioFormatTests
{
    [Theory]
    [InlineData("pcm_f32le", AudioEncoding.PcmF32Le, 4)]
    [InlineData("pcm_s16le", AudioEncoding.PcmS16Le, 2)]
    [InlineData("pcm_mulaw", AudioEncoding.PcmMulaw, 1)]
    [InlineData("pcm_alaw", AudioEncoding.PcmAlaw, 1)]
    public void Encoding_ByItsWireName_HasItsSampleSize(string name, AudioEncoding encoding, int bytes)
    {
        Assert.Equal(encoding, AudioNames.ParseEncoding(name));
        Assert.Equal(name, encoding.ToWireName());
        Assert.Equal(bytes, new AudioFormat(encoding, 8000).BytesPerSample);
        Assert.Equal(TimeSpan.FromMilliseconds(250), new AudioFormat(encoding, 8000).DurationOf(2000 * bytes));
    }

    [Theory]
    [InlineData("raw", AudioContainer.Raw)]
    [InlineData("wav", AudioContainer.Wav)]
    [InlineData("mp3", AudioContainer.Mp3)]
    [InlineData("RAW", AudioContainer.None)]
    [InlineData("ogg", AudioContainer.None)]
    public void Container_ByItsWireName_IsFound(string name, AudioContainer container)
        => Assert.Equal(container, AudioNames.ParseContainer(name));

    [Fact]
    public void NoEncoding_AskedForItsSizeOrName_Throws()
    {
        Assert.Throws<InvalidOperationException>(() => new AudioFormat(AudioEncoding.None, 8000).BytesPerSample);
        Assert.Throws<ArgumentOutOfRangeException>(() => AudioEncoding.None.ToWireName());
        Assert.Equal(AudioEncoding.None, AudioNames.ParseEncoding("mp3"));
    }
}
