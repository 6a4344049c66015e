using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using TtsGrains.Grains.Interfaces.Sessions;
using TtsGrains.Protocol.Errors;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>A batch as it goes to listeners. A frame is rendered for the first of them that wants it as it is, and that form serves all.</summary>
internal sealed class SharedBatch(FrameBatch batch, SessionPrefix prefix)
{
    private readonly byte[]?[] _rendered = new byte[]?[batch.Frames.Length];

    public FrameBatch Batch => batch;

    /// <summary>When the stream brought it, a timestamp of the clock; null if it was read.</summary>
    public long? ReceivedAt { get; init; }

    /// <summary>Bytes of all its frames.</summary>
    public long Bytes { get; } = batch.Frames.Sum(frame => (long)frame.Frame.Length);

    /// <summary>One frame with its session and offset, as UTF-8 JSON.</summary>
    public ReadOnlyMemory<byte> Render(int index)
        => Volatile.Read(ref _rendered[index]) ?? RenderFirst(index);

    // Two that come at once both render; they get the same bytes.
    private byte[] RenderFirst(int index)
    {
        var rendered = prefix.Render(batch.From + index, batch.Frames[index].Frame.Span);
        return Interlocked.CompareExchange(ref _rendered[index], rendered, null) ?? rendered;
    }
}

/// <summary>What every event of one session begins with.</summary>
internal sealed class SessionPrefix(string session, ListenerInstruments instruments)
{
    private const int LongestNumber = 11;

    private readonly string _quoted = $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(session)}\"";
    private readonly byte[] _start = Encoding.UTF8.GetBytes($"{{\"session_id\":\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(session)}\",\"offset\":");

    /// <summary>Puts the session and the offset at the front of a frame.</summary>
    public byte[] Render(int offset, ReadOnlySpan<byte> frame)
    {
        instruments.Rendered();
        Span<byte> number = stackalloc byte[LongestNumber];
        offset.TryFormat(number, out var digits, provider: CultureInfo.InvariantCulture);
        var rendered = new byte[_start.Length + digits + frame.Length];
        _start.CopyTo(rendered, 0);
        number[..digits].CopyTo(rendered.AsSpan(_start.Length));
        var rest = rendered.AsSpan(_start.Length + digits);
        rest[0] = (byte)',';
        frame[1..].CopyTo(rest[1..]);
        return rendered;
    }

    /// <summary>The event that says which frames cannot be had any more.</summary>
    /// <param name="context">The client's id of the context.</param>
    /// <param name="from">The first that is missing.</param>
    /// <param name="to">The one behind the last; null if unknown.</param>
    public byte[] RenderGap(string context, int from, int? to)
    {
        instruments.Gap();
        var id = JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(context);
        var end = to?.ToString(CultureInfo.InvariantCulture) ?? "null";
        return Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"type":"gap","session_id":{{_quoted}},"context_id":"{{id}}","from":{{from}},"to":{{end}},"done":false,"status_code":206}"""));
    }

    /// <summary>The last event of a listener that is refused on the way.</summary>
    public byte[] RenderError(ProtocolError error, string requestId)
    {
        var frame = new ArrayBufferWriter<byte>();
        ServerFrameWriter.WriteError(frame, error, contextId: null, requestId);
        return [.. Encoding.UTF8.GetBytes($$"""{"session_id":{{_quoted}},"""), .. frame.WrittenSpan[1..]];
    }

    /// <summary>The event that says where a listener stands.</summary>
    public byte[] RenderBookmark(Bookmark bookmark)
        => Encoding.UTF8.GetBytes($$"""{"type":"bookmark","session_id":{{_quoted}},"since":"{{bookmark}}","done":false,"status_code":206}""");
}
