using System.Text.Json;

namespace TtsGrains.Protocol.Frames;

/// <summary>
/// Reads the envelope of a server message in one pass over the received bytes. Tolerant: nulls, unknown members and missing ones are
/// normal between versions; only what is no JSON object at all is refused.
/// </summary>
public static class ServerFrameParser
{
    /// <summary>Reads one message of UTF-8 JSON. False when it is not a JSON object.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out ServerFrame frame)
    {
        frame = default;
        ServerFrame read = default;
        var wordTimestamps = ReadOnlySpan<byte>.Empty;
        var phonemeTimestamps = ReadOnlySpan<byte>.Empty;
        try
        {
            var reader = new Utf8JsonReader(utf8);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("word_timestamps"u8))
                {
                    wordTimestamps = ReadObject(ref reader, utf8);
                }
                else if (reader.ValueTextEquals("phoneme_timestamps"u8))
                {
                    phonemeTimestamps = ReadObject(ref reader, utf8);
                }
                else
                {
                    ReadMember(ref reader, ref read);
                }
            }

            reader.Read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The second is the reader's answer to a member's name with half a surrogate pair.
            return false;
        }

        read.Timestamps = read.Kind == FrameKind.PhonemeTimestamps ? phonemeTimestamps : wordTimestamps;
        frame = read;
        return true;
    }

    private static void ReadMember(scoped ref Utf8JsonReader reader, ref ServerFrame frame)
    {
        if (reader.ValueTextEquals("type"u8))
        {
            frame.Kind = ParseKind(ReadString(ref reader));
        }
        else if (reader.ValueTextEquals("context_id"u8))
        {
            frame.ContextId = ReadString(ref reader);
        }
        else if (reader.ValueTextEquals("data"u8))
        {
            frame.Data = ReadString(ref reader);
        }
        else if (reader.ValueTextEquals("done"u8))
        {
            reader.Read();
            frame.IsDone = reader.TokenType == JsonTokenType.True;
            reader.Skip();
        }
        else if (reader.ValueTextEquals("status_code"u8))
        {
            frame.StatusCode = ReadInteger(ref reader) ?? 0;
        }
        else if (reader.ValueTextEquals("flush_id"u8))
        {
            frame.FlushId = ReadInteger(ref reader);
        }
        else if (reader.ValueTextEquals("step_time"u8))
        {
            reader.Read();
            frame.StepTime = reader.TokenType == JsonTokenType.Number ? reader.ValueSpan : default;
            reader.Skip();
        }
        else
        {
            ReadErrorMember(ref reader, ref frame);
        }
    }

    private static void ReadErrorMember(scoped ref Utf8JsonReader reader, ref ServerFrame frame)
    {
        if (reader.ValueTextEquals("error_code"u8))
        {
            frame.ErrorCode = ReadString(ref reader);
        }
        else if (reader.ValueTextEquals("title"u8))
        {
            frame.Title = ReadString(ref reader);
        }
        else if (reader.ValueTextEquals("message"u8))
        {
            frame.Message = ReadString(ref reader);
        }
        else if (reader.ValueTextEquals("error"u8))
        {
            frame.LegacyError = ReadString(ref reader);
        }
        else
        {
            reader.Read();
            reader.Skip();
        }
    }

    private static ReadOnlySpan<byte> ReadString(scoped ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
        {
            return reader.ValueSpan;
        }

        reader.Skip();
        return default;
    }

    private static int? ReadInteger(scoped ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var value))
        {
            return value;
        }

        reader.Skip();
        return null;
    }

    private static ReadOnlySpan<byte> ReadObject(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> utf8)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return default;
        }

        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return utf8[start..(int)reader.BytesConsumed];
    }

    private static FrameKind ParseKind(ReadOnlySpan<byte> name)
        => name.SequenceEqual("chunk"u8) ? FrameKind.Chunk
            : name.SequenceEqual("timestamps"u8) ? FrameKind.Timestamps
            : name.SequenceEqual("phoneme_timestamps"u8) ? FrameKind.PhonemeTimestamps
            : name.SequenceEqual("flush_done"u8) ? FrameKind.FlushDone
            : name.SequenceEqual("done"u8) ? FrameKind.Done
            : name.SequenceEqual("error"u8) ? FrameKind.Error
            : FrameKind.Unknown;
}
