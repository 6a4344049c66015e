using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.Client.Events;

/// <summary>Makes typed events of the server's messages. Tolerant: what is not known is passed over, what is missing is null.</summary>
internal static class EventReader
{
    /// <summary>Reads one message of UTF-8 JSON. Null when it is none of ours.</summary>
    /// <remarks>The event is an <see cref="ErrorEvent"/> with an empty context id when an error belongs to no context.</remarks>
    public static TtsEvent? Read(ReadOnlySpan<byte> utf8)
    {
        if (!ServerFrameParser.TryParse(utf8, out var frame))
        {
            return null;
        }

        var more = AdditiveMembers.Read(utf8);
        TtsEvent? read = frame.Kind switch
        {
            FrameKind.Error => new ErrorEvent(more.ContextId ?? "", ErrorOf(frame, more)),
            _ when more is { Type: "bookmark", Since: { } since } => new BookmarkEvent(since),
            _ when more.ContextId is null => null,
            FrameKind.Chunk => new AudioEvent(more.ContextId, Decode(frame.Data), frame.FlushId, Milliseconds(frame.StepTime)),
            FrameKind.Timestamps => new WordsEvent(more.ContextId, Timed(frame.Timestamps, "words"), frame.FlushId),
            FrameKind.PhonemeTimestamps => new PhonemesEvent(more.ContextId, Timed(frame.Timestamps, "phonemes"), frame.FlushId),
            FrameKind.FlushDone => new FlushDoneEvent(more.ContextId, frame.FlushId),
            FrameKind.Done => new DoneEvent(more.ContextId),
            _ when more is { Type: "gap", From: { } from } => new GapEvent(more.ContextId, from, more.To),
            _ => null,
        };
        return read is null ? null : read with { Offset = more.Offset, SessionId = more.SessionId };
    }

    private static TtsError ErrorOf(ServerFrame frame, AdditiveMembers more)
    {
        var error = frame.ToError();
        return new TtsError(error.StatusCode, error.Code, error.Title, error.Message, more.RequestId);
    }

    private static byte[] Decode(ReadOnlySpan<byte> base64)
    {
        // JSON may escape the slash of base64; none of the servers known does, but it would be right.
        Span<byte> plain = base64.Contains((byte)'\\') ? [.. base64.ToArray().Where(b => b != (byte)'\\')] : default;
        var text = plain.IsEmpty ? base64 : plain;
        var audio = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        Base64.DecodeFromUtf8(text, audio, out _, out var written);
        return written == audio.Length ? audio : audio[..written];
    }

    private static TimeSpan Milliseconds(ReadOnlySpan<byte> number)
        => double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var ms) && Math.Abs(ms) < 1e9
            ? TimeSpan.FromMilliseconds(ms) : TimeSpan.Zero;

    private static TimedText[] Timed(ReadOnlySpan<byte> json, string texts)
    {
        if (json.IsEmpty)
        {
            return [];
        }

        var reader = new Utf8JsonReader(json);
        using var document = JsonDocument.ParseValue(ref reader);
        var (words, starts, ends) = (List(document, texts), List(document, "start"), List(document, "end"));
        var timed = new TimedText[Math.Min(words.Length, Math.Min(starts.Length, ends.Length))];
        for (var i = 0; i < timed.Length; i++)
        {
            timed[i] = new TimedText(words[i].ToString(), Seconds(starts[i]), Seconds(ends[i]));
        }

        return timed;
    }

    private static JsonElement[] List(JsonDocument document, string name)
        => document.RootElement.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray()] : [];

    private static double Seconds(JsonElement number) => number.ValueKind == JsonValueKind.Number ? number.GetDouble() : 0;
}
