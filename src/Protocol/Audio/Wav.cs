using System.Buffers.Binary;

namespace TtsGrains.Protocol.Audio;

/// <summary>
/// Writes RIFF/WAVE headers for mono audio. PCM has the 16-byte format chunk; float, µ-law and A-law have the 18-byte one and a fact chunk,
/// as the Multimedia Programming Interface (1991) and its update (1994) ask for everything that is not PCM.
/// </summary>
public static class Wav
{
    public const string ContentType = "audio/wav";

    private const int LongestHeader = 58;

    /// <summary>Bytes before the first sample.</summary>
    public static int HeaderLength(AudioEncoding encoding) => encoding == AudioEncoding.PcmS16Le ? 44 : LongestHeader;

    /// <summary>Bytes after the last sample: chunks are padded to an even length.</summary>
    public static int PaddingLength(long audioBytes) => (int)(audioBytes & 1);

    /// <summary>Writes the header of a file with the given bytes of audio. Returns its length.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The file would be longer than its 32-bit sizes can say.</exception>
    public static int WriteHeader(Span<byte> destination, AudioFormat format, long audioBytes)
    {
        var header = HeaderLength(format.Encoding);
        ArgumentOutOfRangeException.ThrowIfNegative(audioBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(audioBytes, uint.MaxValue - LongestHeader);

        var isPcm = format.Encoding == AudioEncoding.PcmS16Le;
        var formatLength = isPcm ? 16 : 18;
        "RIFF"u8.CopyTo(destination);
        WriteUInt32(destination[4..], header + audioBytes + PaddingLength(audioBytes) - 8);
        "WAVEfmt "u8.CopyTo(destination[8..]);
        WriteUInt32(destination[16..], formatLength);
        WriteUInt16(destination[20..], TagOf(format.Encoding));
        WriteUInt16(destination[22..], 1);
        WriteUInt32(destination[24..], format.SampleRate);
        WriteUInt32(destination[28..], format.BytesPerSecond);
        WriteUInt16(destination[32..], format.BytesPerSample);
        WriteUInt16(destination[34..], format.BytesPerSample * 8);
        if (!isPcm)
        {
            WriteUInt16(destination[36..], 0);
            "fact"u8.CopyTo(destination[38..]);
            WriteUInt32(destination[42..], 4);
            WriteUInt32(destination[46..], audioBytes / format.BytesPerSample);
        }

        "data"u8.CopyTo(destination[(header - 8)..]);
        WriteUInt32(destination[(header - 4)..], audioBytes);
        return header;
    }

    private static int TagOf(AudioEncoding encoding) => encoding switch
    {
        AudioEncoding.PcmS16Le => 1,
        AudioEncoding.PcmF32Le => 3,
        AudioEncoding.PcmAlaw => 6,
        AudioEncoding.PcmMulaw => 7,
        _ => throw new ArgumentOutOfRangeException(nameof(encoding), encoding, "Not an encoding of samples."),
    };

    private static void WriteUInt16(Span<byte> destination, int value) => BinaryPrimitives.WriteUInt16LittleEndian(destination, checked((ushort)value));

    private static void WriteUInt32(Span<byte> destination, long value) => BinaryPrimitives.WriteUInt32LittleEndian(destination, checked((uint)value));
}
