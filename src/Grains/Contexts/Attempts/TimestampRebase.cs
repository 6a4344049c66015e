using System.Buffers;
using System.Text.Json;

namespace TtsGrains.Grains.Contexts.Attempts;

/// <summary>
/// Moves word or phoneme times: an upstream counts from the start of its own context, the client from the start of the context it knows,
/// and one of ours may be several there.
/// </summary>
internal static class TimestampRebase
{
    /// <summary>Writes the same lists with every time moved.</summary>
    /// <param name="output">Receives the JSON object.</param>
    /// <param name="timestamps">The JSON object of lists.</param>
    /// <param name="seconds">How far to move, s.</param>
    /// <returns>False when the lists hold what cannot be written again: half a surrogate pair, or a number beyond any time.</returns>
    public static bool TryWrite(IBufferWriter<byte> output, ReadOnlySpan<byte> timestamps, double seconds)
    {
        try
        {
            Write(output, timestamps, seconds);
            return true;
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or ArgumentException)
        {
            return false;
        }
    }

    private static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> timestamps, double seconds)
    {
        using var json = new Utf8JsonWriter(output);
        var reader = new Utf8JsonReader(timestamps);
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    json.WriteStartObject();
                    break;
                case JsonTokenType.EndObject:
                    json.WriteEndObject();
                    break;
                case JsonTokenType.StartArray:
                    json.WriteStartArray();
                    break;
                case JsonTokenType.EndArray:
                    json.WriteEndArray();
                    break;
                case JsonTokenType.PropertyName:
                    json.WritePropertyName(reader.GetString()!);
                    break;
                case JsonTokenType.Number:
                    json.WriteNumberValue(Math.Round(reader.GetDouble() + seconds, 4));
                    break;
                case JsonTokenType.String:
                    json.WriteStringValue(reader.GetString());
                    break;
                default:
                    json.WriteNullValue();
                    break;
            }
        }
    }
}
