using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace TtsGrains.Protocol.Frames;

/// <summary>
/// Reads the three equal-length lists of a timestamps frame: what <see cref="TimestampsWriter"/> writes, and what other senders make of it (times as
/// strings, a text that is not valid Unicode, lists of different lengths).
/// </summary>
public static class TimestampsReader
{
    /// <summary>
    /// Determines whether the lists can be passed on as they are: valid UTF-8 without escapes, one line, texts and finite times in equal number, and
    /// nothing else.
    /// </summary>
    public static bool IsStrict(ReadOnlySpan<byte> timestamps, FrameKind kind)
    {
        if (timestamps.IndexOfAny("\\\r\n"u8) >= 0 || !Utf8.IsValid(timestamps))
        {
            return false;
        }

        var (texts, starts, ends) = (-1, -1, -1);
        try
        {
            var reader = new Utf8JsonReader(timestamps);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals(kind == FrameKind.Timestamps ? "words"u8 : "phonemes"u8))
                {
                    texts = CountStrict(ref reader, JsonTokenType.String);
                }
                else if (reader.ValueTextEquals("start"u8))
                {
                    starts = CountStrict(ref reader, JsonTokenType.Number);
                }
                else if (reader.ValueTextEquals("end"u8))
                {
                    ends = CountStrict(ref reader, JsonTokenType.Number);
                }
                else
                {
                    return false;
                }
            }
        }
        catch (JsonException)
        {
            return false;
        }

        return texts > 0 && texts == starts && texts == ends;
    }

    /// <summary>Reads what was said when.</summary>
    /// <param name="timestamps">The JSON object of lists.</param>
    /// <param name="kind"><see cref="FrameKind.Timestamps"/> or <see cref="FrameKind.PhonemeTimestamps"/>.</param>
    /// <param name="items">Receives the words or phonemes, with the times that the frame gives.</param>
    /// <returns>False when the lists are not of that form; then nothing was added.</returns>
    public static bool TryRead(ReadOnlySpan<byte> timestamps, FrameKind kind, ICollection<TimedText> items)
    {
        List<string>? texts = null;
        List<double>? starts = null;
        List<double>? ends = null;
        try
        {
            var reader = new Utf8JsonReader(timestamps);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals(kind == FrameKind.Timestamps ? "words"u8 : "phonemes"u8))
                {
                    texts = ReadList(ref reader, ReadText);
                }
                else if (reader.ValueTextEquals("start"u8))
                {
                    starts = ReadList(ref reader, ReadTime);
                }
                else if (reader.ValueTextEquals("end"u8))
                {
                    ends = ReadList(ref reader, ReadTime);
                }
                else
                {
                    reader.Read();
                    reader.Skip();
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return false;
        }

        if (texts is null || starts is null || ends is null)
        {
            return false;
        }

        for (var i = 0; i < Math.Min(texts.Count, Math.Min(starts.Count, ends.Count)); i++)
        {
            items.Add(new TimedText(texts[i], starts[i], ends[i]));
        }

        return true;
    }

    private delegate T ItemReader<out T>(ref Utf8JsonReader reader);

    // Beyond any time is no time: it could not be written again.
    private static double ReadTime(ref Utf8JsonReader item)
    {
        var text = item.TokenType is JsonTokenType.Number or JsonTokenType.String ? item.ValueSpan.Trim((byte)' ') : default;
        return Utf8Parser.TryParse(text, out double seconds, out var used) && used == text.Length && double.IsFinite(seconds)
            ? seconds
            : throw new FormatException("Not a time.");
    }

    private static string ReadText(ref Utf8JsonReader item)
    {
        if (item.TokenType != JsonTokenType.String)
        {
            return item.TokenType is JsonTokenType.Number ? Encoding.UTF8.GetString(item.ValueSpan) : throw new FormatException("Not a text.");
        }

        try
        {
            return item.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, or no UTF-8: what can be read of it.
            return LenientText.Read(item.ValueSpan);
        }
    }

    private static int CountStrict(ref Utf8JsonReader reader, JsonTokenType type)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return -1;
        }

        var count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != type || (type == JsonTokenType.Number && !(reader.TryGetDouble(out var seconds) && double.IsFinite(seconds))))
            {
                return -1;
            }

            count++;
        }

        return count;
    }

    private static List<T>? ReadList<T>(ref Utf8JsonReader reader, ItemReader<T> readItem)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return null;
        }

        var list = new List<T>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            list.Add(readItem(ref reader));
        }

        return list;
    }
}
