using System.Text.Json;

namespace TtsGrains.Protocol.Frames;

/// <summary>Reads the three equal-length lists of a timestamps frame: what <see cref="TimestampsWriter"/> writes.</summary>
public static class TimestampsReader
{
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
                    texts = ReadList(ref reader, static (ref Utf8JsonReader item) => item.GetString() ?? "");
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
        => item.GetDouble() is var seconds && double.IsFinite(seconds) ? seconds : throw new FormatException("Not a time.");

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
