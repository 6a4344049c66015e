using System.Buffers;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.ApiHost.Tts;

/// <summary>Makes the body of a response from chunks of audio, in one of the containers.</summary>
internal interface IAudioBody : IDisposable
{
    /// <summary>The form that the audio must be spoken in.</summary>
    AudioFormat Format { get; }

    string ContentType { get; }

    /// <summary>Writes what comes before the audio.</summary>
    void Begin(IBufferWriter<byte> output);

    /// <summary>Writes one chunk.</summary>
    /// <param name="output">Receives what can be written already.</param>
    /// <param name="payload">Its base64 text as it stands between its JSON quotes. One that is not base64 is left out, as in the archive.</param>
    void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> payload);

    /// <summary>Writes what is still held back.</summary>
    void End(IBufferWriter<byte> output);
}
