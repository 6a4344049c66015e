using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.Protocol.Requests;

/// <summary>
/// Reads what a client sent. Tolerant where the official SDKs are loose (any order, pretty printing, nulls, unknown members),
/// strict about types. After a wrong member it reads on, so that the error can still carry the context's id; in a message that is not JSON it
/// searches for the id.
/// </summary>
public static class ClientMessageParser
{
    /// <summary>
    /// The most bytes of members that are passed on unread; what goes beyond is left out. They are repeated to the upstream with every text, which
    /// must stay below the size of message that it takes: its answer to a larger one would not tell whose it was.
    /// </summary>
    public const int MaxPassThroughBytes = 16 * 1024;

    /// <summary>The most bytes of <c>generation_config</c>, which is sent on with its text.</summary>
    public const int MaxGenerationConfigBytes = 4 * 1024;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = 64 };

    /// <summary>Reads one message of UTF-8 JSON.</summary>
    /// <param name="utf8">The whole message. Nothing returned refers to it afterwards.</param>
    /// <param name="message">What could be read, also when there is an error.</param>
    /// <returns>Null, or the first thing that is wrong.</returns>
    public static ProtocolError? Parse(ReadOnlySpan<byte> utf8, out ClientMessage message)
    {
        message = new ClientMessage();
        var error = ParseObject(utf8, message);
        if (error?.Code == ErrorCatalogue.InvalidJsonCode)
        {
            message.Complete(DamagedMessage.Read(utf8));
        }

        return error;
    }

    private static ProtocolError? ParseObject(ReadOnlySpan<byte> utf8, ClientMessage message)
    {
        // Checked here because what is passed on is never decoded, and one bad byte would end the socket that it is sent on.
        var notUtf8 = Utf8.IsValid(utf8) ? null : ErrorCatalogue.InvalidJson("it is not valid UTF-8.");
        var error = notUtf8;
        try
        {
            var reader = new Utf8JsonReader(utf8, Options);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return notUtf8 ?? ErrorCatalogue.InvalidJson("it does not start with '{'.");
            }

            var passThrough = new ArrayBufferWriter<byte>();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                ReadMember(ref reader, utf8, message, passThrough, ref error);
            }

            reader.Read();
            message.PassThrough = passThrough.WrittenMemory;
        }
        catch (JsonException e)
        {
            return notUtf8 ?? ErrorCatalogue.InvalidJson($"it breaks at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}.");
        }
        catch (InvalidOperationException)
        {
            // The reader's answer to a member's name that is not valid UTF-8 or has a lone surrogate.
            return notUtf8 ?? ErrorCatalogue.InvalidJson("the name of a member is not valid Unicode.");
        }

        return error;
    }

    private static void ReadMember(
        ref Utf8JsonReader reader, ReadOnlySpan<byte> utf8, ClientMessage message, ArrayBufferWriter<byte> passThrough, ref ProtocolError? error)
    {
        var nameStart = (int)reader.TokenStartIndex;
        if (reader.ValueTextEquals("context_id"u8))
        {
            ReadContextId(ref reader, message, ref error);
        }
        else if (reader.ValueTextEquals("transcript"u8))
        {
            message.Transcript = JsonMembers.ReadText(ref reader, "transcript", ref error);
        }
        else if (reader.ValueTextEquals("continue"u8))
        {
            message.Continue = JsonMembers.ReadFlag(ref reader, "continue", ref error);
        }
        else if (reader.ValueTextEquals("flush"u8))
        {
            message.Flush = JsonMembers.ReadFlag(ref reader, "flush", ref error);
        }
        else if (reader.ValueTextEquals("cancel"u8))
        {
            message.IsCancel = JsonMembers.ReadFlag(ref reader, "cancel", ref error);
        }
        else if (reader.ValueTextEquals("model_id"u8))
        {
            message.ModelId = JsonMembers.ReadString(ref reader, "model_id", ref error);
        }
        else if (reader.ValueTextEquals("voice"u8))
        {
            ReadVoice(ref reader, message, ref error);
        }
        else if (reader.ValueTextEquals("output_format"u8))
        {
            OutputFormatParser.Read(ref reader, message, ref error);
        }
        else if (reader.ValueTextEquals("max_buffer_delay_ms"u8))
        {
            message.MaxBufferDelayMs = JsonMembers.ReadInteger(ref reader, "max_buffer_delay_ms", 0, 5000, ref error);
        }
        else if (reader.ValueTextEquals("add_timestamps"u8))
        {
            message.AddTimestamps = JsonMembers.ReadFlag(ref reader, "add_timestamps", ref error);
        }
        else if (reader.ValueTextEquals("add_phoneme_timestamps"u8))
        {
            message.AddPhonemeTimestamps = JsonMembers.ReadFlag(ref reader, "add_phoneme_timestamps", ref error);
        }
        else if (reader.ValueTextEquals("use_normalized_timestamps"u8))
        {
            message.UseNormalizedTimestamps = JsonMembers.ReadFlag(ref reader, "use_normalized_timestamps", ref error);
        }
        else if (reader.ValueTextEquals("use_original_timestamps"u8))
        {
            // The inverse of the former, from the version 2 SDKs.
            message.UseNormalizedTimestamps = JsonMembers.ReadOptionalFlag(ref reader, "use_original_timestamps", ref error) is false;
        }
        else if (reader.ValueTextEquals("archive"u8))
        {
            message.IsArchived = JsonMembers.ReadOptionalFlag(ref reader, "archive", ref error) ?? true;
        }
        else if (reader.ValueTextEquals("input"u8))
        {
            message.Input = JsonMembers.ReadInteger(ref reader, "input", 0, int.MaxValue, ref error);
        }
        else if (reader.ValueTextEquals("played_ms"u8))
        {
            message.PlayedMs = JsonMembers.ReadInteger(ref reader, "played_ms", 0, int.MaxValue, ref error);
        }
        else if (reader.ValueTextEquals("generation_config"u8))
        {
            message.GenerationConfig = JsonMembers.ReadObject(ref reader, utf8, "generation_config", ref error);
            if (message.GenerationConfig.Length > MaxGenerationConfigBytes)
            {
                error ??= ErrorCatalogue.OutOfRange("generation_config", $"at most {MaxGenerationConfigBytes} bytes");
            }
        }
        else if (reader.ValueTextEquals("pronunciation_dict_id"u8))
        {
            message.PronunciationDictId = JsonMembers.ReadString(ref reader, "pronunciation_dict_id", ref error) is { Length: > 0 } id ? id : null;
        }
        else if (reader.ValueTextEquals("pronunciations"u8))
        {
            message.Pronunciations = JsonMembers.ReadArray(ref reader, utf8, "pronunciations", ref error);
        }
        else
        {
            ReadPassedThrough(ref reader, utf8, nameStart, message, passThrough, ref error);
        }
    }

    // An id that is refused still names the context that its sender waits for, and a null or unreadable repetition does not remove it.
    private static void ReadContextId(ref Utf8JsonReader reader, ClientMessage message, ref ProtocolError? error)
    {
        var id = JsonMembers.ReadString(ref reader, "context_id", ref error);
        if (id is null && reader.TokenType == JsonTokenType.String && JsonText.TryUnescape(reader.ValueSpan, out var unescaped))
        {
            id = unescaped;
        }
        else if (reader.TokenType == JsonTokenType.Number)
        {
            id = Encoding.ASCII.GetString(reader.ValueSpan);
        }

        if (id is not null && !IdRule.IsMetBy(id))
        {
            error ??= ErrorCatalogue.OutOfRange("context_id", IdRule.Text);
        }

        message.ContextId = id ?? message.ContextId;
    }

    private static void ReadPassedThrough(
        ref Utf8JsonReader reader, ReadOnlySpan<byte> utf8, int nameStart, ClientMessage message, ArrayBufferWriter<byte> passThrough, ref ProtocolError? error)
    {
        if (reader.ValueTextEquals("language"u8))
        {
            message.Language = JsonMembers.ReadString(ref reader, "language", ref error);
        }
        else if (reader.ValueTextEquals("locale"u8))
        {
            message.Locale = JsonMembers.ReadString(ref reader, "locale", ref error);
        }
        else if (reader.ValueTextEquals("normalization"u8))
        {
            var normalization = JsonMembers.ReadString(ref reader, "normalization", ref error);
            if (normalization is not (null or "auto" or "off") && !LocaleCode.IsValid(normalization))
            {
                error ??= ErrorCatalogue.OutOfRange("normalization", "auto, off or a locale code such as en-GB");
            }
        }
        else
        {
            reader.Read();
            reader.Skip();
        }

        var member = utf8[nameStart..(int)reader.BytesConsumed];
        if (reader.TokenType != JsonTokenType.Null && passThrough.WrittenCount + member.Length < MaxPassThroughBytes)
        {
            passThrough.Write(","u8);
            passThrough.Write(member);
        }
    }

    private static void ReadVoice(ref Utf8JsonReader reader, ClientMessage message, ref ProtocolError? error)
    {
        reader.Read();
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                message.VoiceId = JsonMembers.GetString(ref reader, "voice", ref error);
                break;
            case JsonTokenType.Null:
                return;
            case JsonTokenType.StartObject:
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    if (reader.ValueTextEquals("id"u8))
                    {
                        message.VoiceId = JsonMembers.ReadString(ref reader, "voice.id", ref error);
                    }
                    else
                    {
                        reader.Read();
                        reader.Skip();
                    }
                }

                break;
            default:
                reader.Skip();
                error ??= ErrorCatalogue.VoiceForm;
                return;
        }

        // Left to ContextOpening: a version 2 SDK flushes an open context with an embedding as a dummy voice.
        message.HasUnusableVoice = string.IsNullOrEmpty(message.VoiceId);
    }
}
