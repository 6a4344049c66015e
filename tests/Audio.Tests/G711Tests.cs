namespace TtsGrains.Audio.Tests;

public sealed class G711Tests
{
    // From the G.711 code of another implementation (Python's audioop).
    [Theory]
    [InlineData(0, 0xFF, 0xD5)]
    [InlineData(-1, 0x7E, 0x55)]
    [InlineData(7, 0xFE, 0xD5)]
    [InlineData(100, 0xF2, 0xD3)]
    [InlineData(-100, 0x72, 0x53)]
    [InlineData(132, 0xEF, 0xDD)]
    [InlineData(-132, 0x6F, 0x5D)]
    [InlineData(1000, 0xCE, 0xFA)]
    [InlineData(-1000, 0x4E, 0x7A)]
    [InlineData(8159, 0x9F, 0x8A)]
    [InlineData(-8159, 0x1F, 0x0A)]
    [InlineData(20000, 0x8C, 0xA6)]
    [InlineData(32767, 0x80, 0xAA)]
    [InlineData(-32768, 0x00, 0x2A)]
    public void Encode_KnownSample_GivesTheKnownByte(short sample, byte mulaw, byte alaw)
    {
        Assert.Equal(mulaw, G711.ToMulaw(sample));
        Assert.Equal(alaw, G711.ToAlaw(sample));
    }

    [Fact]
    public void Encode_WhatEveryByteStandsFor_GivesTheByteBack()
    {
        for (var code = 0; code < 256; code++)
        {
            // 0x7F is minus zero, which no sample is.
            if (code != 0x7F)
            {
                Assert.Equal(code, G711.ToMulaw(G711.FromMulaw((byte)code)));
            }

            Assert.Equal(code, G711.ToAlaw(G711.FromAlaw((byte)code)));
        }
    }

    [Fact]
    public void Encode_EverySample_StaysWithinOneStep()
    {
        for (var sample = (int)short.MinValue; sample <= short.MaxValue; sample++)
        {
            // The widest steps are 1,024; in general a step is about a sixteenth of the sample.
            var allowed = Math.Max(16, Math.Abs(sample) / 16) + 4;
            Assert.InRange(G711.FromMulaw(G711.ToMulaw((short)sample)), Math.Max(sample - allowed, -32635 - 4), sample + allowed);
            Assert.InRange(G711.FromAlaw(G711.ToAlaw((short)sample)), sample - allowed, sample + allowed);
        }
    }
}
