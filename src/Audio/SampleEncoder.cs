using System.Runtime.InteropServices;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.Audio;

/// <summary>Writes samples in the form that the wire carries. What is louder than full scale is clipped.</summary>
public static class SampleEncoder
{
    /// <param name="samples">-1 to 1.</param>
    /// <param name="encoding">The form to write.</param>
    /// <param name="output">Room for all of them.</param>
    public static void Encode(ReadOnlySpan<float> samples, AudioEncoding encoding, Span<byte> output)
    {
        switch (encoding)
        {
            case AudioEncoding.PcmF32Le:
                var floats = MemoryMarshal.Cast<byte, float>(output);
                for (var i = 0; i < samples.Length; i++)
                {
                    floats[i] = Math.Clamp(samples[i], -1f, 1f);
                }

                break;
            case AudioEncoding.PcmS16Le:
                var shorts = MemoryMarshal.Cast<byte, short>(output);
                for (var i = 0; i < samples.Length; i++)
                {
                    shorts[i] = ToInt16(samples[i]);
                }

                break;
            case AudioEncoding.PcmMulaw:
                for (var i = 0; i < samples.Length; i++)
                {
                    output[i] = G711.ToMulaw(ToInt16(samples[i]));
                }

                break;
            case AudioEncoding.PcmAlaw:
                for (var i = 0; i < samples.Length; i++)
                {
                    output[i] = G711.ToAlaw(ToInt16(samples[i]));
                }

                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(encoding), encoding, "Not an encoding of samples.");
        }
    }

    private static short ToInt16(float sample) => (short)Math.Clamp(MathF.Round(sample * 32768f), short.MinValue, short.MaxValue);
}
