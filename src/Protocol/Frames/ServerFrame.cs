using System.Text;
using System.Text.Json;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.Protocol.Frames;

/// <summary>
/// The envelope of a server message, as ranges of the bytes it came in. Nothing is copied or decoded; it is valid as long as they are.
/// </summary>
public ref struct ServerFrame
{
    public FrameKind Kind { get; internal set; }

    /// <summary>The context's id between its quotes, still escaped if the sender escaped it; empty when absent or null.</summary>
    public ReadOnlySpan<byte> ContextId { get; internal set; }

    /// <summary>The base64 text of a chunk between its quotes, as it came.</summary>
    public ReadOnlySpan<byte> Data { get; internal set; }

    /// <summary>The number of <c>step_time</c> (ms) as text; empty when absent.</summary>
    public ReadOnlySpan<byte> StepTime { get; internal set; }

    /// <summary>The object of <c>word_timestamps</c> or <c>phoneme_timestamps</c> as JSON text; empty when absent or null.</summary>
    public ReadOnlySpan<byte> Timestamps { get; internal set; }

    /// <summary>The segment's number; null when absent.</summary>
    public int? FlushId { get; internal set; }

    /// <summary>0 when absent.</summary>
    public int StatusCode { get; internal set; }

    public bool IsDone { get; internal set; }

    /// <summary>True if the frame has <c>data</c> in a form that cannot be audio: neither text nor null.</summary>
    public bool HasUnreadableData { get; internal set; }

    /// <summary>True if the context has ended with the frame. A chunk that says so is its last audio.</summary>
    public readonly bool IsLast => Kind is FrameKind.Done or FrameKind.Error || (IsDone && Kind is FrameKind.Chunk or FrameKind.Timestamps or FrameKind.PhonemeTimestamps);

    internal ReadOnlySpan<byte> ErrorCode { get; set; }

    internal ReadOnlySpan<byte> Title { get; set; }

    internal ReadOnlySpan<byte> Message { get; set; }

    internal ReadOnlySpan<byte> LegacyError { get; set; }

    /// <summary>What an error frame says, in either form: with title and message, or with the older single string.</summary>
    public readonly ProtocolError ToError()
    {
        var title = Unescape(Title);
        var message = Unescape(Message);
        if (message.Length == 0)
        {
            (title, message) = SplitLegacy(Unescape(LegacyError), title);
        }

        if (title.Length == 0)
        {
            title = "Upstream error";
        }

        var code = Unescape(ErrorCode);
        return new ProtocolError(
            StatusCode is >= 400 and <= 599 ? StatusCode : ErrorClassifier.StatusOf(code), code.Length == 0 ? null : code, title, message);
    }

    private static (string Title, string Message) SplitLegacy(string legacy, string title)
    {
        var colon = legacy.IndexOf(": ", StringComparison.Ordinal);
        return title.Length > 0 ? (title, legacy.Length > 0 ? legacy : title)
            : colon > 0 ? (legacy[..colon], legacy[(colon + 2)..])
            : (title, legacy.Length > 0 ? legacy : "The speech provider reported an error without a message.");
    }

    private static string Unescape(ReadOnlySpan<byte> json)
    {
        if (!json.Contains((byte)'\\'))
        {
            return Encoding.UTF8.GetString(json);
        }

        try
        {
            var reader = new Utf8JsonReader([(byte)'"', .. json, (byte)'"']);
            reader.Read();
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, or no UTF-8: a text that is hard to read is better than none.
            return Encoding.UTF8.GetString(json);
        }
    }
}
