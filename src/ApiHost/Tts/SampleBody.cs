using System.Buffers;
using TtsGrains.ApiHost.Http;
using TtsGrains.Archive.Writing;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.ApiHost.Tts;

/// <summary>Samples as they are, with or without a WAV header before them.</summary>
internal sealed class SampleBody(AudioFormat format, bool isWav) : IAudioBody
{
    public AudioFormat Format => format;

    public string ContentType => isWav ? Wav.ContentType : "application/octet-stream";

    public void Begin(IBufferWriter<byte> output)
    {
        if (isWav)
        {
            var length = StreamingWav.WriteHeader(output.GetSpan(Wav.HeaderLength(format.Encoding)), format);
            output.Advance(length);
        }
    }

    public void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> payload)
    {
        if (ChunkAudio.TryDecode(payload, output.GetSpan(ChunkAudio.GetMaxLength(payload.Length)), out var written))
        {
            output.Advance(written);
        }
    }

    public void End(IBufferWriter<byte> output)
    {
    }

    public void Dispose()
    {
    }
}
