using TtsGrains.ApiHost.Access;
using TtsGrains.ApiHost.Errors;
using TtsGrains.ApiHost.OpenApi;
using TtsGrains.Protocol.Audio;
using TtsGrains.Protocol.Frames;
using TtsGrains.Protocol.Requests;

namespace TtsGrains.ApiHost.Tts;

/// <summary>
/// <c>POST /tts/bytes</c>: the audio alone, sent as it is spoken. Up to the first audio a failure is an HTTP status; after it the connection is
/// aborted, so that no client takes half a text for the whole.
/// </summary>
internal static class BytesEndpoint
{
    // A client that reads slower than we speak must not make us hold more than this on top of the log.
    private const int MostUnflushed = 64 * 1024;

    public static void MapTtsBytes(this IEndpointRouteBuilder routes) => routes.MapPost("/tts/bytes", ServeAsync)
        .WithAccess(RouteAccess.Scope(Scopes.Speak))
        .WithTags("tts").WithName("ttsBytes").WithSummary("Speak a text: the audio as it is spoken")
        .WithDescription("After the first audio a failure ends the connection without the end of the response, so that half a text is not taken for the whole.")
        .WithSessionQueries()
        .WithBody<SpeechDocument>()
        .Produces<Stream>(StatusCodes.Status200OK, Wav.ContentType, "audio/mpeg", "application/octet-stream")
        .ProducesErrors(400, 401, 403, 413, 429, 500, 502, 503, 504);

    private static async Task ServeAsync(HttpContext http, SpeechRequests requests)
    {
        var (request, error) = await requests.ReadAsync(http, ContextOpening.CheckAnyContainer);
        error ??= AudioBodies.Check(request!.Settings);
        if (error is not null)
        {
            await http.RefuseAsync(error);
            return;
        }

        using var body = AudioBodies.Create(request!.Settings);

        // Timestamps are not sent here, and what is spoken is what the container is made from.
        var settings = request.Settings with { Format = body.Format, AddTimestamps = false, AddPhonemeTimestamps = false };
        (var opened, error) = await requests.OpenAsync(request with { Settings = settings }, http.RequestAborted);
        if (error is not null)
        {
            await http.RefuseAsync(error);
            return;
        }

        await using var speech = opened!;
        try
        {
            if (!await WriteAsync(http, speech, body))
            {
                http.Abort();
            }
        }
        catch (OperationCanceledException) when (speech.IsTooSlow)
        {
            requests.GiveUp(http);
        }
    }

    /// <returns>Whether the text was spoken to its end.</returns>
    private static async Task<bool> WriteAsync(HttpContext http, Speech speech, IAudioBody body)
    {
        http.Response.ContentType = body.ContentType;
        await http.Response.StartAsync(http.RequestAborted);
        var output = http.Response.BodyWriter;
        body.Begin(output);
        while (await speech.WaitAsync())
        {
            while (output.UnflushedBytes < MostUnflushed && speech.TryRead(out var entry))
            {
                switch (entry.Kind)
                {
                    case FrameKind.Chunk:
                        body.Write(output, entry.Payload.Span);
                        break;
                    case FrameKind.Done:
                        body.End(output);
                        await output.FlushAsync(speech.Ending);
                        return true;
                    case FrameKind.Error:
                        return false;
                    default:
                        break;
                }
            }

            await output.FlushAsync(speech.Ending);
        }

        return false;
    }
}
