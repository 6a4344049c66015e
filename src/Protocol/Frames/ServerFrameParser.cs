using System.Buffers.Text;
using System.Text.Json;

namespace TtsGrains.Protocol.Frames;

/// <summary>
/// Reads the envelope of a server message in one pass over the received bytes. Tolerant: nulls, unknown members and missing ones are normal between
/// versions, and numbers as strings, error objects in place of strings or a missing <c>type</c> are understood. Only text that is not a JSON object is
/// refused.
/// </summary>
public static class ServerFrameParser
{
    // Some senders end each message with another object, or a line of them.
    private static readonly JsonReaderOptions Tolerant = new() { AllowMultipleValues = true, AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <summary>Reads one message of UTF-8 JSON. False when it is not a JSON object.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out ServerFrame frame) => TryParse(utf8, out frame, out var consumed) && consumed == utf8.Length;

    /// <summary>Reads the first object of a message of UTF-8 JSON.</summary>
    /// <param name="utf8">The message, or what is left of it.</param>
    /// <param name="frame">The envelope.</param>
    /// <param name="consumed">Where the next object would begin; the length of the message when there is none.</param>
    /// <returns>False when the message does not begin with a JSON object.</returns>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out ServerFrame frame, out int consumed)
    {
        frame = default;
        consumed = utf8.Length;
        var skipped = utf8.StartsWith("\uFEFF"u8) ? 3 : 0;
        var text = utf8[skipped..];
        ServerFrame read = default;
        var members = default(Members);
        try
        {
            var reader = new Utf8JsonReader(text, Tolerant);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                ReadMember(ref reader, text, ref read, ref members);
            }

            var rest = text[(int)reader.BytesConsumed..];
            consumed = rest.IndexOfAnyExcept(" \t\r\n\0"u8) is var next and >= 0 ? skipped + (int)reader.BytesConsumed + next : utf8.Length;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The second is the reader's answer to a member's name with half a surrogate pair.
            return false;
        }

        if (!members.HasType)
        {
            read.Kind = InferKind(read, members);
        }

        read.Timestamps = read.Kind == FrameKind.PhonemeTimestamps ? members.PhonemeTimestamps : members.WordTimestamps;
        frame = read;
        return true;
    }

    private static void ReadMember(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> text, scoped ref ServerFrame frame, scoped ref Members members)
    {
        if (reader.ValueTextEquals("type"u8))
        {
            members.HasType = true;
            frame.Kind = ParseKind(ReadString(ref reader));
        }
        else if (reader.ValueTextEquals("context_id"u8))
        {
            frame.ContextId = ReadString(ref reader);
        }
        else if (reader.ValueTextEquals("data"u8))
        {
            ReadData(ref reader, ref frame);
        }
        else if (reader.ValueTextEquals("word_timestamps"u8))
        {
            members.WordTimestamps = ReadObject(ref reader, text);
        }
        else if (reader.ValueTextEquals("phoneme_timestamps"u8))
        {
            members.PhonemeTimestamps = ReadObject(ref reader, text);
        }
        else if (reader.ValueTextEquals("done"u8))
        {
            frame.IsDone = ReadFlag(ref reader);
        }
        else if (reader.ValueTextEquals("flush_done"u8))
        {
            members.IsFlushDone = ReadFlag(ref reader);
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
            frame.StepTime = ReadNumber(ref reader);
        }
        else
        {
            ReadErrorMember(ref reader, ref frame, ref members);
        }
    }

    private static void ReadErrorMember(scoped ref Utf8JsonReader reader, scoped ref ServerFrame frame, scoped ref Members members)
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
            members.HasError = true;
            frame.Message = ReadTextOrError(ref reader, ref frame);
        }
        else if (reader.ValueTextEquals("error"u8))
        {
            members.HasError = true;
            frame.LegacyError = ReadTextOrError(ref reader, ref frame);
        }
        else
        {
            reader.Read();
            reader.Skip();
        }
    }

    // An object where a string belongs has the error's parts, under one of the names that are in use for them. What the frame says itself is kept.
    private static ReadOnlySpan<byte> ReadTextOrError(scoped ref Utf8JsonReader reader, scoped ref ServerFrame frame)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
        {
            return reader.ValueSpan;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return default;
        }

        ReadOnlySpan<byte> text = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("message"u8) || reader.ValueTextEquals("detail"u8) || reader.ValueTextEquals("error"u8))
            {
                text = ReadString(ref reader);
            }
            else if (reader.ValueTextEquals("title"u8))
            {
                frame.Title = frame.Title.IsEmpty ? ReadString(ref reader) : SkipValue(ref reader);
            }
            else if (reader.ValueTextEquals("status_code"u8) || reader.ValueTextEquals("status"u8))
            {
                SetStatus(ref frame, ReadInteger(ref reader));
            }
            else if (reader.ValueTextEquals("error_code"u8) || reader.ValueTextEquals("code"u8) || reader.ValueTextEquals("type"u8))
            {
                ReadCode(ref reader, ref frame);
            }
            else
            {
                SkipValue(ref reader);
            }
        }

        return text;
    }

    // A code may be a name or an HTTP status.
    private static void ReadCode(scoped ref Utf8JsonReader reader, scoped ref ServerFrame frame)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number || (reader.TokenType == JsonTokenType.String && ToInteger(reader.ValueSpan) is not null))
        {
            SetStatus(ref frame, ToInteger(reader.ValueSpan));
        }
        else if (reader.TokenType == JsonTokenType.String && frame.ErrorCode.IsEmpty)
        {
            frame.ErrorCode = reader.ValueSpan;
        }

        reader.Skip();
    }

    private static void SetStatus(scoped ref ServerFrame frame, int? status) => frame.StatusCode = frame.StatusCode is >= 400 and <= 599 ? frame.StatusCode : status ?? frame.StatusCode;

    private static void ReadData(scoped ref Utf8JsonReader reader, scoped ref ServerFrame frame)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
        {
            frame.Data = reader.ValueSpan;
        }
        else if (reader.TokenType != JsonTokenType.Null)
        {
            frame.HasUnreadableData = true;
        }

        reader.Skip();
    }

    private static ReadOnlySpan<byte> SkipValue(scoped ref Utf8JsonReader reader)
    {
        reader.Read();
        reader.Skip();
        return default;
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

    private static bool ReadFlag(scoped ref Utf8JsonReader reader)
    {
        reader.Read();
        var isSet = reader.TokenType switch
        {
            JsonTokenType.True => true,
            JsonTokenType.String => reader.ValueTextEquals("true"u8) || reader.ValueTextEquals("True"u8) || reader.ValueTextEquals("1"u8),
            JsonTokenType.Number => ToInteger(reader.ValueSpan) == 1,
            _ => false,
        };
        reader.Skip();
        return isSet;
    }

    private static int? ReadInteger(scoped ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType is JsonTokenType.Number or JsonTokenType.String)
        {
            return ToInteger(reader.ValueSpan);
        }

        reader.Skip();
        return null;
    }

    // As JSON text, ready to be passed on.
    private static ReadOnlySpan<byte> ReadNumber(scoped ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number)
        {
            return reader.ValueSpan;
        }

        if (reader.TokenType == JsonTokenType.String)
        {
            var text = reader.ValueSpan.Trim((byte)' ');
            return JsonNumber.IsValid(text) ? text : default;
        }

        reader.Skip();
        return default;
    }

    // 206, "206" and 206.0 are the same.
    private static int? ToInteger(ReadOnlySpan<byte> text)
    {
        text = text.Trim((byte)' ');
        return Utf8Parser.TryParse(text, out int integer, out var used) && used == text.Length ? integer
            : Utf8Parser.TryParse(text, out double number, out used) && used == text.Length && number is > int.MinValue and < int.MaxValue && double.IsInteger(number) ? (int)number
            : null;
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

    private static FrameKind InferKind(in ServerFrame frame, in Members members)
        => members.HasError || frame.StatusCode >= 400 ? FrameKind.Error
            : !members.WordTimestamps.IsEmpty ? FrameKind.Timestamps
            : !members.PhonemeTimestamps.IsEmpty ? FrameKind.PhonemeTimestamps
            : members.IsFlushDone ? FrameKind.FlushDone
            : !frame.Data.IsEmpty ? FrameKind.Chunk
            : frame.IsDone ? FrameKind.Done
            : FrameKind.Unknown;

    private static FrameKind ParseKind(ReadOnlySpan<byte> name)
        => name.SequenceEqual("chunk"u8) ? FrameKind.Chunk
            : name.SequenceEqual("timestamps"u8) ? FrameKind.Timestamps
            : name.SequenceEqual("phoneme_timestamps"u8) ? FrameKind.PhonemeTimestamps
            : name.SequenceEqual("flush_done"u8) ? FrameKind.FlushDone
            : name.SequenceEqual("done"u8) ? FrameKind.Done
            : name.SequenceEqual("error"u8) ? FrameKind.Error
            : FrameKind.Unknown;

    private ref struct Members
    {
        public bool HasType;
        public bool HasError;
        public bool IsFlushDone;
        public ReadOnlySpan<byte> WordTimestamps;
        public ReadOnlySpan<byte> PhonemeTimestamps;
    }
}
