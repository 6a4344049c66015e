using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.Protocol.Requests;

/// <summary>
/// Writes the messages of one context to an upstream. Cartesia asks that every message repeats the full settings, so they are
/// rendered once; a push then only adds its text.
/// </summary>
public sealed class UpstreamRequestWriter
{
    private readonly byte[] _head;
    private readonly byte[] _cancel;
    private ReadOnlyMemory<byte> _pronunciations;

    /// <param name="upstreamContextId">The id that the upstream knows the context by: ours, never the client's.</param>
    /// <param name="settings">The settings that the client opened the context with.</param>
    /// <param name="version">The version spoken to the upstream; it decides how a voice is written.</param>
    public UpstreamRequestWriter(string upstreamContextId, SpeechSettings settings, ApiVersion version)
    {
        var contextId = $"\"context_id\":{Quote(upstreamContextId)}";
        _cancel = Encoding.UTF8.GetBytes($"{{{contextId},\"cancel\":true}}");
        _head = RenderHead(contextId, settings, version);
        _pronunciations = settings.Pronunciations;
    }

    /// <summary>Writes a push of text, of a flush, of the end, or of any of them together.</summary>
    /// <param name="output">Receives one message.</param>
    /// <param name="transcript">The text; may be empty. Half a surrogate pair is written as U+FFFD.</param>
    /// <param name="flush">Whether to close the segment.</param>
    /// <param name="isLast">Whether nothing more follows.</param>
    /// <param name="generationConfig">The raw <c>generation_config</c> that holds from this text on; empty for none.</param>
    public void WritePush(IBufferWriter<byte> output, string transcript, bool flush, bool isLast, ReadOnlySpan<byte> generationConfig)
    {
        output.Write(_head);
        output.Write(",\"transcript\":"u8);
        WriteQuoted(output, transcript);
        output.Write(isLast ? ",\"continue\":false"u8 : ",\"continue\":true"u8);
        if (flush)
        {
            output.Write(",\"flush\":true"u8);
        }

        if (!_pronunciations.IsEmpty)
        {
            // They may be long, and only the message that opens the context is read for them.
            output.Write(",\"pronunciations\":"u8);
            output.Write(_pronunciations.Span);
            _pronunciations = default;
        }

        if (!generationConfig.IsEmpty)
        {
            output.Write(",\"generation_config\":"u8);
            output.Write(generationConfig);
        }

        output.Write("}"u8);
    }

    /// <summary>Writes a cancel.</summary>
    public void WriteCancel(IBufferWriter<byte> output) => output.Write(_cancel);

    private static byte[] RenderHead(string contextId, SpeechSettings settings, ApiVersion version)
    {
        var ours = new StringBuilder(contextId)
            .Append(",\"model_id\":").Append(Quote(settings.ModelId))
            .Append(",\"voice\":").Append(version.WritesVoiceAsPlainId
                ? Quote(settings.VoiceId)
                : $"{{\"mode\":\"id\",\"id\":{Quote(settings.VoiceId)}}}")
            .Append(CultureInfo.InvariantCulture, $",\"output_format\":{{\"container\":\"raw\",\"encoding\":\"{settings.Format.Encoding.ToWireName()}\"")
            .Append(CultureInfo.InvariantCulture, $",\"sample_rate\":{settings.Format.SampleRate}}}")
            .Append(CultureInfo.InvariantCulture, $",\"max_buffer_delay_ms\":{settings.MaxBufferDelayMs}")
            .Append(settings.PronunciationDictId is { } dict ? $",\"pronunciation_dict_id\":{Quote(dict)}" : "")
            // Word times are always asked for: the archive keeps them and a resume needs them.
            .Append(",\"add_timestamps\":true")
            .Append(settings.AddPhonemeTimestamps ? ",\"add_phoneme_timestamps\":true" : "")
            .Append(settings.UseNormalizedTimestamps ? ",\"use_normalized_timestamps\":true" : ",\"use_normalized_timestamps\":false");

        // The client's own members go first: to a parser that ignores case, "Context_Id" is our member too, and the last one wins.
        var theirs = settings.PassThrough.Span;
        return theirs.IsEmpty
            ? [(byte)'{', .. Encoding.UTF8.GetBytes(ours.ToString())]
            : [(byte)'{', .. theirs[1..], (byte)',', .. Encoding.UTF8.GetBytes(ours.ToString())];
    }

    private static string Quote(string text) => $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)}\"";

    private static void WriteQuoted(IBufferWriter<byte> output, string text)
    {
        output.Write("\""u8);
        Encoding.UTF8.GetBytes(JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text), output);
        output.Write("\""u8);
    }
}
