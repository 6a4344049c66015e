using System.Text.Json;

namespace TtsGrains.Protocol.Frames;

/// <summary>
/// Reads the envelope of a server message in one pass over the received bytes. Tolerant: nulls, unknown members and missing ones are normal between
/// versions, and numbers as strings, error objects in place of strings or a missing <c>type</c> are understood. Only text that is not a JSON object is
/// refused.
/// </summary>
public static class ServerFrameParser
{
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
            var reader = new LenientReader(text);
            if (!reader.TryBegin())
            {
                return false;
            }

            while (reader.ReadName())
            {
                ReadMember(ref reader, ref read, ref members);
            }

            var rest = text[reader.Consumed..];
            consumed = rest.IndexOfAnyExcept(" \t\r\n\0"u8) is var next and >= 0 ? skipped + reader.Consumed + next : utf8.Length;
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

    private static void ReadMember(scoped ref LenientReader reader, scoped ref ServerFrame frame, scoped ref Members members)
    {
        if (reader.IsName("type"u8))
        {
            members.HasType = true;
            frame.Kind = ParseKind(reader.ReadString());
        }
        else if (reader.IsName("context_id"u8))
        {
            frame.ContextId = reader.ReadString();
        }
        else if (reader.IsName("data"u8))
        {
            ReadData(ref reader, ref frame);
        }
        else if (reader.IsName("word_timestamps"u8))
        {
            members.WordTimestamps = reader.ReadObject();
        }
        else if (reader.IsName("phoneme_timestamps"u8))
        {
            members.PhonemeTimestamps = reader.ReadObject();
        }
        else if (reader.IsName("done"u8))
        {
            frame.IsDone = reader.ReadFlag();
        }
        else if (reader.IsName("flush_done"u8))
        {
            members.IsFlushDone = reader.ReadFlag();
        }
        else if (reader.IsName("status_code"u8))
        {
            frame.StatusCode = reader.ReadInteger() ?? 0;
        }
        else if (reader.IsName("flush_id"u8))
        {
            frame.FlushId = reader.ReadInteger();
        }
        else if (reader.IsName("step_time"u8))
        {
            frame.StepTime = reader.ReadNumber();
        }
        else
        {
            ReadErrorMember(ref reader, ref frame, ref members);
        }
    }

    private static void ReadErrorMember(scoped ref LenientReader reader, scoped ref ServerFrame frame, scoped ref Members members)
    {
        if (reader.IsName("error_code"u8))
        {
            frame.ErrorCode = reader.ReadString();
        }
        else if (reader.IsName("title"u8))
        {
            frame.Title = reader.ReadString();
        }
        else if (reader.IsName("message"u8))
        {
            members.HasError = true;
            frame.Message = ReadTextOrError(ref reader, ref frame);
        }
        else if (reader.IsName("error"u8))
        {
            members.HasError = true;
            frame.LegacyError = ReadTextOrError(ref reader, ref frame);
        }
        else
        {
            reader.SkipValue();
        }
    }

    // An object where a string belongs has the error's parts, under one of the names that are in use for them. What the frame says itself is kept.
    private static ReadOnlySpan<byte> ReadTextOrError(scoped ref LenientReader reader, scoped ref ServerFrame frame)
    {
        var type = reader.Read();
        if (type == JsonTokenType.String)
        {
            return reader.Value;
        }

        if (type != JsonTokenType.StartObject)
        {
            reader.Skip();
            return default;
        }

        ReadOnlySpan<byte> text = default;
        while (reader.ReadName())
        {
            if (reader.IsName("message"u8) || reader.IsName("detail"u8) || reader.IsName("error"u8))
            {
                text = reader.ReadString();
            }
            else if (reader.IsName("title"u8) && frame.Title.IsEmpty)
            {
                frame.Title = reader.ReadString();
            }
            else if (reader.IsName("status_code"u8) || reader.IsName("status"u8))
            {
                SetStatus(ref frame, reader.ReadInteger());
            }
            else if (reader.IsName("error_code"u8) || reader.IsName("code"u8) || reader.IsName("type"u8))
            {
                ReadCode(ref reader, ref frame);
            }
            else
            {
                reader.SkipValue();
            }
        }

        return text;
    }

    // A code may be a name or an HTTP status.
    private static void ReadCode(scoped ref LenientReader reader, scoped ref ServerFrame frame)
    {
        var type = reader.Read();
        if (type == JsonTokenType.Number || (type == JsonTokenType.String && LenientReader.ToInteger(reader.Value) is not null))
        {
            SetStatus(ref frame, LenientReader.ToInteger(reader.Value));
        }
        else if (type == JsonTokenType.String && frame.ErrorCode.IsEmpty)
        {
            frame.ErrorCode = reader.Value;
        }

        reader.Skip();
    }

    private static void SetStatus(scoped ref ServerFrame frame, int? status) => frame.StatusCode = frame.StatusCode is >= 400 and <= 599 ? frame.StatusCode : status ?? frame.StatusCode;

    private static void ReadData(scoped ref LenientReader reader, scoped ref ServerFrame frame)
    {
        var type = reader.Read();
        if (type == JsonTokenType.String)
        {
            frame.Data = reader.Value;
        }
        else if (type != JsonTokenType.Null)
        {
            frame.HasUnreadableData = true;
        }

        reader.Skip();
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
