using System.Buffers;
using System.Buffers.Binary;
using TtsGrains.ApiHost.Http;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>
/// The bytes of an endless WAV stream that are not speech: its header, and what keeps it alive during silence. Before the form of the audio is
/// known that is a <c>JUNK</c> chunk, which players skip; after that, 20 ms of silence.
/// </summary>
internal sealed class SilentWav
{
    private const int SilencePerSecond = 50;
    private const int ChunkHeaderLength = 8;
    private const int JunkLength = 4;

    private AudioFormat? _format;
    private bool _hasBegun;

    // Of any length, as the header of StreamingWav begins.
    private static ReadOnlySpan<byte> Riff => [0x52, 0x49, 0x46, 0x46, 0xFF, 0xFF, 0xFF, 0xFF, 0x57, 0x41, 0x56, 0x45];

    /// <summary>Writes the header, or the rest of it.</summary>
    public void WriteHeader(IBufferWriter<byte> output, AudioFormat format)
    {
        Span<byte> header = stackalloc byte[Wav.HeaderLength(format.Encoding)];
        StreamingWav.WriteHeader(header, format);
        output.Write(_hasBegun ? header[Riff.Length..] : header);
        (_format, _hasBegun) = (format, true);
    }

    /// <summary>Writes what keeps the stream alive.</summary>
    public void WriteSilence(IBufferWriter<byte> output)
    {
        if (_format is { } format)
        {
            var length = format.SampleRate / SilencePerSecond * format.BytesPerSample;
            output.GetSpan(length)[..length].Fill(SilentByteOf(format.Encoding));
            output.Advance(length);
            return;
        }

        if (!_hasBegun)
        {
            output.Write(Riff);
            _hasBegun = true;
        }

        Span<byte> junk = stackalloc byte[ChunkHeaderLength + JunkLength];
        junk.Clear();
        "JUNK"u8.CopyTo(junk);
        BinaryPrimitives.WriteUInt32LittleEndian(junk[4..], JunkLength);
        output.Write(junk);
    }

    private static byte SilentByteOf(AudioEncoding encoding) => encoding switch
    {
        AudioEncoding.PcmMulaw => 0xFF,
        AudioEncoding.PcmAlaw => 0xD5,
        _ => 0,
    };
}
