using TtsGrains.Protocol.Audio;

namespace TtsGrains.Audio.Tests;

public sealed class SampleEncoderTests
{
    [Fact]
    public void Encode_16Bit_IsLittleEndianAndClips()
    {
        var output = new byte[8];

        SampleEncoder.Encode([0f, 0.5f, 2f, -2f], AudioEncoding.PcmS16Le, output);

        Assert.Equal([0x00, 0x00, 0x00, 0x40, 0xFF, 0x7F, 0x00, 0x80], output);
    }

    [Fact]
    public void Encode_Float_IsLittleEndianAndClips()
    {
        var output = new byte[12];

        SampleEncoder.Encode([0.5f, 2f, -2f], AudioEncoding.PcmF32Le, output);

        Assert.Equal([0x00, 0x00, 0x00, 0x3F, 0x00, 0x00, 0x80, 0x3F, 0x00, 0x00, 0x80, 0xBF], output);
    }

    [Fact]
    public void Encode_Law_IsOneByteEach()
    {
        var output = new byte[2];

        SampleEncoder.Encode([0f, 1f], AudioEncoding.PcmMulaw, output);
        Assert.Equal([0xFF, 0x80], output);

        SampleEncoder.Encode([0f, 1f], AudioEncoding.PcmAlaw, output);
        Assert.Equal([0xD5, 0xAA], output);
    }
}
