using System.Buffers;
using System.Text;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.ApiHost.Http;

/// <summary>Writes server-sent events.</summary>
internal static class EventStream
{
    /// <summary>The most bytes that are gathered before they are sent.</summary>
    public const int MostUnflushed = 64 * 1024;

    /// <summary>Begins the answer.</summary>
    public static Task StartAsync(HttpContext http)
    {
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-cache";

        // Some proxies collect a response before they pass it on, unless they are told.
        http.Response.Headers["X-Accel-Buffering"] = "no";
        return http.Response.StartAsync(http.RequestAborted);
    }

    /// <summary>Writes one event.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="name">Its name.</param>
    /// <param name="data">Its data.</param>
    /// <param name="id">Its id, in ASCII; null for none.</param>
    public static void WriteEvent(IBufferWriter<byte> output, ReadOnlySpan<byte> name, ReadOnlySpan<byte> data, string? id = null)
    {
        output.Write("event: "u8);
        output.Write(name);
        if (id is not null)
        {
            output.Write("\nid: "u8);
            output.Write(Encoding.ASCII.GetBytes(id));
        }

        output.Write("\ndata: "u8);
        WriteLine(output, data);
        output.Write("\n\n"u8);
    }

    /// <summary>Writes a comment, which every reader of server-sent events ignores.</summary>
    public static void WriteComment(IBufferWriter<byte> output) => output.Write(":\n\n"u8);

    // Timestamps are passed on as the upstream wrote them, which may be on several lines. In JSON a line break is white space only.
    private static void WriteLine(IBufferWriter<byte> output, ReadOnlySpan<byte> frame)
    {
        while (frame.IndexOfAny((byte)'\r', (byte)'\n') is >= 0 and var at)
        {
            output.Write(frame[..at]);
            output.Write(" "u8);
            frame = frame[(at + 1)..];
        }

        output.Write(frame);
    }

    /// <summary>What an event of this kind is called.</summary>
    public static ReadOnlySpan<byte> NameOf(FrameKind kind) => kind switch
    {
        FrameKind.FlushDone => "flush_done"u8,
        FrameKind.Chunk => "chunk"u8,
        FrameKind.Timestamps => "timestamps"u8,
        FrameKind.PhonemeTimestamps => "phoneme_timestamps"u8,
        FrameKind.Done => "done"u8,
        FrameKind.Error => "error"u8,
        _ => default,
    };
}
