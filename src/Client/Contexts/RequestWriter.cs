using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using TtsGrains.Protocol;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.Client.Contexts;

/// <summary>Writes the messages of one context. Cartesia asks that each repeats the full settings.</summary>
internal sealed class RequestWriter(string contextId, TtsContextOptions options, ApiVersion version)
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes an input.</summary>
    /// <param name="output">Receives one message.</param>
    /// <param name="input">What to write.</param>
    /// <param name="number">
    /// The input's number in its context, from 0, for a service that passes over what it already has; null for one that knows no numbers.
    /// </param>
    public void WriteInput(IBufferWriter<byte> output, ContextInput input, long? number)
    {
        using var json = new Utf8JsonWriter(output, Relaxed);
        json.WriteStartObject();
        json.WriteString("context_id"u8, contextId);
        if (number is { } known)
        {
            json.WriteNumber("input"u8, known);
        }

        WriteSettings(json);
        JsonText.Write(json, "transcript"u8, input.Text);
        json.WriteBoolean("continue"u8, !input.IsLast);
        if (input.Flush)
        {
            json.WriteBoolean("flush"u8, true);
        }

        if (input.Expression is { } expression)
        {
            WriteExpression(json, expression);
        }

        json.WriteEndObject();
    }

    /// <summary>Writes a cancel.</summary>
    public void WriteCancel(IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, Relaxed);
        json.WriteStartObject();
        json.WriteString("context_id"u8, contextId);
        json.WriteBoolean("cancel"u8, true);
        json.WriteEndObject();
    }

    private void WriteSettings(Utf8JsonWriter json)
    {
        json.WriteString("model_id"u8, options.Model);
        WriteVoice(json);
        json.WriteStartObject("output_format"u8);
        json.WriteString("container"u8, "raw"u8);
        json.WriteString("encoding"u8, options.Format.Encoding.ToWireName());
        json.WriteNumber("sample_rate"u8, options.Format.SampleRate);
        json.WriteEndObject();
        WriteIfAny(json, "language"u8, options.Language);
        WriteIfAny(json, "locale"u8, options.Locale);
        if (options.MaxBufferDelayMs is { } delay)
        {
            json.WriteNumber("max_buffer_delay_ms"u8, delay);
        }

        json.WriteBoolean("add_timestamps"u8, options.Words);
        if (options.Phonemes)
        {
            json.WriteBoolean("add_phoneme_timestamps"u8, true);
        }

        json.WriteBoolean("use_normalized_timestamps"u8, options.NormalizedWords);
        if (!options.Archive)
        {
            json.WriteBoolean("archive"u8, false);
        }
    }

    private void WriteVoice(Utf8JsonWriter json)
    {
        if (version.WritesVoiceAsPlainId)
        {
            json.WriteString("voice"u8, options.Voice);
            return;
        }

        json.WriteStartObject("voice"u8);
        json.WriteString("mode"u8, "id"u8);
        json.WriteString("id"u8, options.Voice);
        json.WriteEndObject();
    }

    private static void WriteExpression(Utf8JsonWriter json, Expression expression)
    {
        json.WriteStartObject("generation_config"u8);
        if (expression.Speed is { } speed)
        {
            json.WriteNumber("speed"u8, speed);
        }

        if (expression.Volume is { } volume)
        {
            json.WriteNumber("volume"u8, volume);
        }

        WriteIfAny(json, "emotion"u8, expression.Emotion);
        json.WriteEndObject();
    }

    private static void WriteIfAny(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }
}
