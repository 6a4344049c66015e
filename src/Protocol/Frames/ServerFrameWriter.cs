using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.Protocol.Frames;

/// <summary>
/// Writes the messages of one context to a client. What is the same in all of them is rendered once; a chunk then costs one copy of
/// its base64 text. Every frame carries all members that a strict client asks for.
/// </summary>
public sealed class ServerFrameWriter
{
    // What a double needs at most is 24; upstreams decide what they send.
    private const int LongestNumber = 32;

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly byte[] _quotedContextId;
    private readonly byte[] _afterType;
    private readonly bool _fromZero;

    /// <param name="contextId">The id as the client gave it; every frame carries exactly this.</param>
    /// <param name="version">The client's API version: it decides how flushes are numbered.</param>
    public ServerFrameWriter(string contextId, ApiVersion version)
    {
        _quotedContextId = Encoding.UTF8.GetBytes(Quote(contextId));
        _afterType = [.. ",\"context_id\":"u8, .. _quotedContextId, .. ",\"status_code\":206,\"done\":false"u8];
        _fromZero = version.NumbersFlushesFromZero;
    }

    /// <summary>The most bytes that a chunk with so much base64 text, or a timestamps frame with so much JSON, can take.</summary>
    public int GetMaxLength(int payloadLength) => payloadLength + _afterType.Length + 160;

    /// <summary>Writes a chunk whose base64 text is passed on as it came.</summary>
    /// <param name="destination">At least <see cref="GetMaxLength"/> bytes.</param>
    /// <param name="data">The base64 text between its quotes.</param>
    /// <param name="stepTime">The number of ms as text; empty, or longer than any double, is written as 0.</param>
    /// <param name="flushId">The segment's number, from 1.</param>
    /// <param name="dataStart">Where <paramref name="data"/> begins in <paramref name="destination"/>.</param>
    /// <returns>Bytes written.</returns>
    public int WriteChunk(Span<byte> destination, ReadOnlySpan<byte> data, ReadOnlySpan<byte> stepTime, int flushId, out int dataStart)
    {
        var at = WriteChunkHead(destination, stepTime, flushId);
        dataStart = at;
        data.CopyTo(destination[at..]);
        return CloseChunk(destination, at + data.Length);
    }

    /// <summary>Writes a chunk from samples.</summary>
    /// <param name="destination">At least <see cref="GetMaxLength"/> bytes for the length of the audio in base64.</param>
    /// <param name="audio">Whole samples.</param>
    /// <param name="stepTimeMs">Work that the chunk took, ms.</param>
    /// <param name="flushId">The segment's number, from 1.</param>
    /// <returns>Bytes written.</returns>
    public int WriteChunk(Span<byte> destination, ReadOnlySpan<byte> audio, double stepTimeMs, int flushId)
    {
        Span<byte> stepTime = stackalloc byte[LongestNumber];
        Utf8Formatter.TryFormat(double.IsFinite(stepTimeMs) ? Math.Round(stepTimeMs, 3) : 0, stepTime, out var length);
        var at = WriteChunkHead(destination, stepTime[..length], flushId);
        Base64.EncodeToUtf8(audio, destination[at..], out _, out var written);
        return CloseChunk(destination, at + written);
    }

    /// <summary>Writes word or phoneme timestamps whose object is passed on as it came; empty is written as null.</summary>
    /// <returns>Bytes written.</returns>
    public int WriteTimestamps(Span<byte> destination, FrameKind kind, ReadOnlySpan<byte> timestamps, int flushId)
    {
        var words = kind == FrameKind.Timestamps;
        var at = Copy(destination, 0, words ? "{\"type\":\"timestamps\""u8 : "{\"type\":\"phoneme_timestamps\""u8);
        at = Copy(destination, at, _afterType);
        at = WriteFlushId(destination, at, flushId);
        at = Copy(destination, at, words ? ",\"word_timestamps\":"u8 : ",\"phoneme_timestamps\":"u8);
        at = Copy(destination, at, timestamps.IsEmpty ? "null"u8 : timestamps);
        return Copy(destination, at, "}"u8);
    }

    /// <summary>Writes that a flush has been spoken to its end.</summary>
    /// <returns>Bytes written.</returns>
    public int WriteFlushDone(Span<byte> destination, int flushId)
    {
        var at = Copy(destination, 0, "{\"type\":\"flush_done\""u8);
        at = Copy(destination, at, _afterType);
        at = Copy(destination, at, ",\"data\":\"\",\"flush_id\":"u8);
        at = WriteNumber(destination, at, _fromZero ? flushId - 1 : flushId);
        return Copy(destination, at, ",\"flush_done\":true}"u8);
    }

    /// <summary>Writes that the context is finished.</summary>
    /// <returns>Bytes written.</returns>
    public int WriteDone(Span<byte> destination)
    {
        var at = Copy(destination, 0, "{\"type\":\"done\",\"context_id\":"u8);
        at = Copy(destination, at, _quotedContextId);
        return Copy(destination, at, ",\"status_code\":206,\"done\":true}"u8);
    }

    /// <summary>
    /// Writes an error: the members of the newer versions and the older string <c>error</c> together, since some clients read only one of them.
    /// </summary>
    /// <param name="output">Receives one message.</param>
    /// <param name="error">What went wrong.</param>
    /// <param name="contextId">The client's id; null leaves the member out (a null in it makes some clients hang).</param>
    /// <param name="requestId">Finds the same event in our logs.</param>
    public static void WriteError(IBufferWriter<byte> output, ProtocolError error, string? contextId, string requestId)
    {
        using var json = new Utf8JsonWriter(output, Relaxed);
        json.WriteStartObject();
        json.WriteString("type"u8, "error"u8);
        if (contextId is not null)
        {
            json.WritePropertyName("context_id"u8);
            json.WriteRawValue(Quote(contextId), skipInputValidation: true);
        }

        json.WriteNumber("status_code"u8, error.StatusCode);
        json.WriteBoolean("done"u8, true);
        json.WriteString("error_code"u8, error.Code);
        json.WriteString("title"u8, error.Title);
        json.WriteString("message"u8, error.Message);
        json.WriteString("request_id"u8, requestId);
        if (error.RetryDelay is { } delay)
        {
            json.WriteNumber("retry_after_ms"u8, (long)delay.TotalMilliseconds);
        }

        json.WriteString("error"u8, error.Legacy);
        json.WriteEndObject();
    }

    // An id that is refused for half a surrogate pair is written with the same half, as an escape: its sender compares it.
    private static string Quote(string contextId)
    {
        var quoted = new StringBuilder("\"", contextId.Length + 2);
        var start = 0;
        for (var i = 0; i < contextId.Length; i++)
        {
            if (!char.IsSurrogate(contextId[i]))
            {
                continue;
            }

            if (i + 1 < contextId.Length && char.IsSurrogatePair(contextId[i], contextId[i + 1]))
            {
                i++;
                continue;
            }

            quoted.Append(JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(contextId[start..i]));
            quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)contextId[i]:x4}");
            start = i + 1;
        }

        return quoted.Append(JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(contextId[start..])).Append('"').ToString();
    }

    private int WriteChunkHead(Span<byte> destination, ReadOnlySpan<byte> stepTime, int flushId)
    {
        var at = Copy(destination, 0, "{\"type\":\"chunk\""u8);
        at = Copy(destination, at, _afterType);
        at = WriteFlushId(destination, at, flushId);
        at = Copy(destination, at, ",\"step_time\":"u8);
        at = Copy(destination, at, stepTime.Length is 0 or > LongestNumber ? "0"u8 : stepTime);
        return Copy(destination, at, ",\"data\":\""u8);
    }

    private static int CloseChunk(Span<byte> destination, int at) => Copy(destination, at, "\"}"u8);

    private int WriteFlushId(Span<byte> destination, int at, int flushId)
    {
        if (_fromZero)
        {
            // Before the first flush such clients must see no number at all.
            if (flushId == 1)
            {
                return at;
            }

            flushId--;
        }

        at = Copy(destination, at, ",\"flush_id\":"u8);
        return WriteNumber(destination, at, flushId);
    }

    private static int WriteNumber(Span<byte> destination, int at, int number)
    {
        number.TryFormat(destination[at..], out var written, provider: CultureInfo.InvariantCulture);
        return at + written;
    }

    private static int Copy(Span<byte> destination, int at, ReadOnlySpan<byte> source)
    {
        source.CopyTo(destination[at..]);
        return at + source.Length;
    }
}
