using System.Buffers.Binary;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.Audio;

/// <summary>Reads samples from the form that the wire carries: the other direction of <see cref="SampleEncoder"/>.</summary>
public static class SampleDecoder
{
    private const float FullScale = 32768f;

    /// <param name="audio">Whole samples; what is left over of a torn one is not read.</param>
    /// <param name="encoding">The form they have.</param>
    /// <param name="output">Room for all of them; -1 to 1.</param>
    /// <returns>Samples read.</returns>
    public static int Decode(ReadOnlySpan<byte> audio, AudioEncoding encoding, Span<float> output)
    {
        var count = audio.Length / new AudioFormat(encoding, 1).BytesPerSample;
        for (var i = 0; i < count; i++)
        {
            output[i] = encoding switch
            {
                AudioEncoding.PcmF32Le => BinaryPrimitives.ReadSingleLittleEndian(audio[(i * sizeof(float))..]),
                AudioEncoding.PcmS16Le => BinaryPrimitives.ReadInt16LittleEndian(audio[(i * sizeof(short))..]) / FullScale,
                AudioEncoding.PcmMulaw => G711.FromMulaw(audio[i]) / FullScale,
                _ => G711.FromAlaw(audio[i]) / FullScale,
            };
        }

        return count;
    }
}
