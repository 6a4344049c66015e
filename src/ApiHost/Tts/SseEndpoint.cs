using System.Buffers;
using System.Text;
using Microsoft.Extensions.Options;
using TtsGrains.ApiHost.Access;
using TtsGrains.ApiHost.Errors;
using TtsGrains.ApiHost.OpenApi;
using TtsGrains.ApiHost.Sessions;
using TtsGrains.ApiHost.Tenants;
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
    /// <summary>How many bytes may be gathered before they are sent.</summary>
    internal const int MostUnflushed = 64 * 1024;

    public static void MapTtsSse(this IEndpointRouteBuilder routes) => routes.MapPost("/tts/sse", ServeAsync)
        .WithAccess(RouteAccess.Grant(Grants.Tts))
        .WithTags("tts").WithName("ttsSse").WithSummary("Speak a text: the frames of the socket as server-sent events")
        .WithDescription("Each event is named as the type of its frame: chunk, timestamps, phoneme_timestamps, done or error. After the first event a failure is an error event.")
        .WithSessionQueries()
        .WithBody<SpeechDocument>()
        .Produces<string>(StatusCodes.Status200OK, "text/event-stream")
        .ProducesErrors(400, 401, 403, 413, 429, 500, 502, 503, 504);

    private static async Task ServeAsync(HttpContext http, SpeechRequests requests, IOptions<ListenerOptions> options, TimeProvider time)
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
        try
        {
            await WriteAsync(http, speech, options.Value.KeepAliveInterval, time);
        }
        catch (OperationCanceledException) when (speech.IsTooSlow)
        {
            requests.GiveUp(http);
        }
    }

    private static async Task WriteAsync(HttpContext http, Speech speech, TimeSpan keepAliveInterval, TimeProvider time)
    {
        await StartAsync(http);
        var output = http.Response.BodyWriter;
        while (await Silence.BreakAsync(speech.WaitAsync(), keepAliveInterval, time, SendCommentAsync))
        {
            while (output.UnflushedBytes < MostUnflushed && speech.TryRead(out var entry))
            {
                WriteEvent(output, entry);
            }

            await output.FlushAsync(speech.Ending);
        }

        async Task SendCommentAsync()
        {
            WriteComment(output);
            await output.FlushAsync(speech.Ending);
        }
    }

    /// <summary>Begins the answer.</summary>
    internal static Task StartAsync(HttpContext http)
    {
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-cache";

        // Some proxies collect a response before they pass it on, unless they are told.
        http.Response.Headers["X-Accel-Buffering"] = "no";
        return http.Response.StartAsync(http.RequestAborted);
    }

    /// <summary>Writes one frame as one event. A flush cannot be asked for here, so none is reported.</summary>
    internal static void WriteEvent(IBufferWriter<byte> output, in LogEntry entry)
    {
        if (entry.Kind != FrameKind.FlushDone)
        {
            WriteEvent(output, NameOf(entry.Kind), entry.Frame.Span);
        }
    }

    /// <summary>Writes one event.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="name">Its name.</param>
    /// <param name="data">Its data.</param>
    /// <param name="id">Its id, in ASCII; null for none.</param>
    internal static void WriteEvent(IBufferWriter<byte> output, ReadOnlySpan<byte> name, ReadOnlySpan<byte> data, string? id = null)
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
    internal static void WriteComment(IBufferWriter<byte> output) => output.Write(":\n\n"u8);

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
    internal static ReadOnlySpan<byte> NameOf(FrameKind kind) => kind switch
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
