using System.Buffers.Binary;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.ApiHost.Http;

/// <summary>The header of a WAV stream of unknown length.</summary>
internal static class StreamingWav
{
    // What players take as "up to the end of the stream".
    private const uint Unknown = uint.MaxValue;

    private const int RiffSizeAt = 4;
    private const int FactSamplesAt = 46;

    /// <summary>Writes the header. Returns its length.</summary>
    public static int WriteHeader(Span<byte> destination, AudioFormat format)
    {
        var length = Wav.WriteHeader(destination, format, 0);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[RiffSizeAt..], Unknown);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[(length - sizeof(uint))..], Unknown);
        if (format.Encoding != AudioEncoding.PcmS16Le)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(destination[FactSamplesAt..], Unknown);
        }

        return length;
    }
}
