namespace TtsGrains.Audio;

/// <summary>ITU-T G.711: 16-bit samples to 8-bit µ-law and A-law. Tables, since every sample of a phone call goes through one.</summary>
public static class G711
{
    private const int MulawBias = 33;

    private const int MulawClip = 8158;

    private static readonly byte[] MulawOf14Bits = Build(1 << 14, index => EncodeMulaw(index - (1 << 13)));

    private static readonly byte[] AlawOf13Bits = Build(1 << 13, index => EncodeAlaw(index - (1 << 12)));

    public static byte ToMulaw(short sample) => MulawOf14Bits[(sample >> 2) + (1 << 13)];

    public static byte ToAlaw(short sample) => AlawOf13Bits[(sample >> 3) + (1 << 12)];

    /// <summary>The 16-bit value that a µ-law byte stands for.</summary>
    public static short FromMulaw(byte mulaw)
    {
        var code = ~mulaw;
        var magnitude = (((code & 0x0F) << 1) + MulawBias << ((code >> 4) & 0x07)) - MulawBias;
        return (short)((code & 0x80) != 0 ? -magnitude * 4 : magnitude * 4);
    }

    /// <summary>The 16-bit value that an A-law byte stands for.</summary>
    public static short FromAlaw(byte alaw)
    {
        var code = alaw ^ 0x55;
        var exponent = (code >> 4) & 0x07;
        var mantissa = ((code & 0x0F) << 1) + 1;
        var magnitude = exponent == 0 ? mantissa : (mantissa + 32) << (exponent - 1);
        return (short)((code & 0x80) != 0 ? magnitude * 8 : -magnitude * 8);
    }

    private static byte EncodeMulaw(int sample)
    {
        var magnitude = Math.Min(Math.Abs(sample), MulawClip) + MulawBias;
        var exponent = Exponent(magnitude, firstBit: 5);
        var code = (exponent << 4) | ((magnitude >> (exponent + 1)) & 0x0F);
        return (byte)~(sample < 0 ? code | 0x80 : code);
    }

    private static byte EncodeAlaw(int sample)
    {
        // A-law has no zero: the steps below and above it mirror each other at -0.5.
        var magnitude = sample < 0 ? ~sample : sample;
        var exponent = Exponent(magnitude, firstBit: 4);
        var mantissa = (exponent == 0 ? magnitude >> 1 : magnitude >> exponent) & 0x0F;
        var code = (exponent << 4) | mantissa;

        // Every other bit is inverted on the line.
        return (byte)((sample < 0 ? code : code | 0x80) ^ 0x55);
    }

    private static int Exponent(int magnitude, int firstBit)
    {
        var exponent = 0;
        while (exponent < 7 && magnitude >> (firstBit + exponent + 1) != 0)
        {
            exponent++;
        }

        return exponent;
    }

    private static byte[] Build(int length, Func<int, byte> encode)
    {
        var table = new byte[length];
        for (var i = 0; i < length; i++)
        {
            table[i] = encode(i);
        }

        return table;
    }
}
