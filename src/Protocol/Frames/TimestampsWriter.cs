using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace TtsGrains.Protocol.Frames;

/// <summary>Renders the three equal-length lists of a timestamps frame, to be given to <see cref="ServerFrameWriter.WriteTimestamps"/>.</summary>
public static class TimestampsWriter
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Renders what was said when.</summary>
    /// <param name="output">Receives one JSON object.</param>
    /// <param name="kind"><see cref="FrameKind.Timestamps"/> or <see cref="FrameKind.PhonemeTimestamps"/>.</param>
    /// <param name="items">Words or phonemes, with seconds from the start of the context's audio.</param>
    public static void Write(IBufferWriter<byte> output, FrameKind kind, ReadOnlySpan<TimedText> items)
    {
        using var json = new Utf8JsonWriter(output, Relaxed);
        json.WriteStartObject();
        json.WriteStartArray(kind == FrameKind.Timestamps ? "words"u8 : "phonemes"u8);
        foreach (var item in items)
        {
            json.WriteStringValue(item.Text);
        }

        json.WriteEndArray();
        json.WriteStartArray("start"u8);
        foreach (var item in items)
        {
            json.WriteNumberValue(Math.Round(item.Start, 4));
        }

        json.WriteEndArray();
        json.WriteStartArray("end"u8);
        foreach (var item in items)
        {
            json.WriteNumberValue(Math.Round(item.End, 4));
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}

/// <summary>A word or phoneme and when it sounds.</summary>
/// <param name="Text">As written, with the punctuation that is attached to it.</param>
/// <param name="Start">Seconds from the start of the context's audio.</param>
/// <param name="End">Seconds from the start of the context's audio; not before <paramref name="Start"/>.</param>
public readonly record struct TimedText(string Text, double Start, double End);
