using System.Buffers;
using Microsoft.Extensions.Options;
using TtsGrains.ApiHost.Access;
using TtsGrains.ApiHost.Errors;
using TtsGrains.ApiHost.Http;
using TtsGrains.ApiHost.OpenApi;
using TtsGrains.ApiHost.Sessions;
using TtsGrains.Grains.Contexts.Log;
using TtsGrains.Protocol.Errors;
using TtsGrains.Protocol.Frames;
using TtsGrains.Protocol.Requests;

namespace TtsGrains.ApiHost.Tts;

/// <summary>
/// <c>POST /tts/sse</c>: the frames of the socket as server-sent events, sent as they come. Up to the first one a failure is an HTTP status; after
/// it, an <c>error</c> event. The stream ends with the connection: the SDKs parse every <c>data</c> as JSON, so there is no closing mark.
/// </summary>
internal static class SseEndpoint
{
    private static readonly TimeSpan RevocationTimeout = TimeSpan.FromSeconds(2);

    public static void MapTtsSse(this IEndpointRouteBuilder routes) => routes.MapPost("/tts/sse", ServeAsync)
        .WithAccess(RouteAccess.Scope(Scopes.Speak))
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

        var revoked = http.GetRevocation().TakeOver();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, revoked);
        try
        {
            await SpeakAsync(http, requests, request!, options.Value.KeepAliveInterval, time, ending.Token);
        }
        catch (OperationCanceledException) when (revoked.IsCancellationRequested && !http.RequestAborted.IsCancellationRequested)
        {
            await RevokeAsync(http, request!.Key.Context, time);
        }
    }

    private static async Task SpeakAsync(
        HttpContext http, SpeechRequests requests, SpeechRequest request, TimeSpan keepAliveInterval, TimeProvider time, CancellationToken ending)
    {
        var (opened, error) = await requests.OpenAsync(request, ending);
        if (error is not null)
        {
            await http.RefuseAsync(error);
            return;
        }

        await using var speech = opened!;
        try
        {
            await WriteAsync(http, speech, keepAliveInterval, time);
        }
        catch (OperationCanceledException) when (speech.IsTooSlow)
        {
            requests.GiveUp(http);
        }
    }

    // A client that does not read is cut.
    private static async Task RevokeAsync(HttpContext http, string contextId, TimeProvider time)
    {
        if (!http.Response.HasStarted)
        {
            await http.RefuseAsync(ErrorCatalogue.CredentialRevoked);
            return;
        }

        var error = new ArrayBufferWriter<byte>();
        ServerFrameWriter.WriteError(error, ErrorCatalogue.CredentialRevoked, contextId, http.TraceIdentifier);
        EventStream.WriteEvent(http.Response.BodyWriter, "error"u8, error.WrittenSpan);
        using var timeout = new CancellationTokenSource(RevocationTimeout, time);
        try
        {
            await http.Response.BodyWriter.FlushAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            http.Abort();
        }
    }

    private static async Task WriteAsync(HttpContext http, Speech speech, TimeSpan keepAliveInterval, TimeProvider time)
    {
        await EventStream.StartAsync(http);
        var output = http.Response.BodyWriter;
        while (await Silence.BreakAsync(speech.WaitAsync(), keepAliveInterval, time, SendCommentAsync))
        {
            while (output.UnflushedBytes < EventStream.MostUnflushed && speech.TryRead(out var entry))
            {
                WriteEvent(output, entry);
            }

            await output.FlushAsync(speech.Ending);
        }

        async Task SendCommentAsync()
        {
            EventStream.WriteComment(output);
            await output.FlushAsync(speech.Ending);
        }
    }

    /// <summary>Writes one frame as one event. A flush cannot be asked for here, so none is reported.</summary>
    private static void WriteEvent(IBufferWriter<byte> output, in LogEntry entry)
    {
        if (entry.Kind != FrameKind.FlushDone)
        {
            EventStream.WriteEvent(output, EventStream.NameOf(entry.Kind), entry.Frame.Span);
        }
    }
}
