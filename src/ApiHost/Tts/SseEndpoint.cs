using System.Buffers;
using TtsGrains.ApiHost.Errors;
using TtsGrains.Grains.Contexts;
using TtsGrains.Protocol.Frames;
using TtsGrains.Protocol.Requests;

namespace TtsGrains.ApiHost.Tts;

/// <summary>
/// <c>POST /tts/sse</c>: the frames of the socket as server-sent events, sent as they come. Up to the first one a failure is an HTTP status; after
/// it, an <c>error</c> event. The stream ends with the connection: the SDKs parse every <c>data</c> as JSON, so there is no closing mark.
/// </summary>
internal static class SseEndpoint
{
    private const int MostUnflushed = 64 * 1024;

    public static void MapTtsSse(this IEndpointRouteBuilder routes) => routes.MapPost("/tts/sse", ServeAsync);

    private static async Task ServeAsync(HttpContext http, SpeechRequests requests)
    {
        var (request, error) = await requests.ReadAsync(http, ContextOpening.Check);
        if (error is not null)
        {
            await http.RefuseAsync(error);
            return;
        }

        (var opened, error) = await requests.OpenAsync(request!, http.RequestAborted);
        if (error is not null)
        {
            await http.RefuseAsync(error);
            return;
        }

        await using var speech = opened!;
        await WriteAsync(http, speech);
    }

    private static async Task WriteAsync(HttpContext http, Speech speech)
    {
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-cache";

        // Some proxies collect a response before they pass it on, unless they are told.
        http.Response.Headers["X-Accel-Buffering"] = "no";
        await http.Response.StartAsync(http.RequestAborted);
        var output = http.Response.BodyWriter;
        while (await speech.WaitAsync(http.RequestAborted))
        {
            while (output.UnflushedBytes < MostUnflushed && speech.TryRead(out var entry))
            {
                WriteEvent(output, entry);
            }

            await output.FlushAsync(http.RequestAborted);
        }
    }

    /// <summary>Writes one frame as one event.</summary>
    internal static void WriteEvent(IBufferWriter<byte> output, in LogEntry entry)
    {
        var name = NameOf(entry.Kind);
        if (name.IsEmpty)
        {
            return;
        }

        output.Write("event: "u8);
        output.Write(name);
        output.Write("\ndata: "u8);
        WriteLine(output, entry.Frame.Span);
        output.Write("\n\n"u8);
    }

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

    private static ReadOnlySpan<byte> NameOf(FrameKind kind) => kind switch
    {
        FrameKind.Chunk => "chunk"u8,
        FrameKind.Timestamps => "timestamps"u8,
        FrameKind.PhonemeTimestamps => "phoneme_timestamps"u8,
        FrameKind.Done => "done"u8,
        FrameKind.Error => "error"u8,
        _ => default,
    };
}
