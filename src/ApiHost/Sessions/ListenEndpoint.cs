using System.ComponentModel;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Mvc;
using TtsGrains.ApiHost.Errors;
using TtsGrains.ApiHost.Hosting;
using TtsGrains.ApiHost.Tenants;
using TtsGrains.ApiHost.Tts;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Protocol.Audio;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>
/// <c>GET /v1/sessions/{session}/audio</c>: what is said in a session, for somebody else than its client, over a WebSocket or as server-sent
/// events. It ends when the session does, and everything was given.
/// </summary>
internal static class ListenEndpoint
{
    private const string Help = """
        Asked with a WebSocket upgrade, every event is one text message, and the connection ends with close code 1000 when the session is over and everything was given; what the
        listener sends is passed over. Asked with Accept: text/event-stream, every event is one server-sent event named as its type, and the response ends where the
        connection would. An event is a frame of the Cartesia protocol (chunk, timestamps, phoneme_timestamps, flush_done, done, error) of any context of the session with session_id
        and offset before its own members. Frames that nobody has any more are told by one event {"type":"gap","session_id","context_id","from","to","done":false,"status_code":206};
        its to is null when nobody knows how many they were. Whoever reads slowly holds up nobody: what does not fit into its room is read again from the log or the archive.
        """;

    public static void MapListening(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1/sessions/{session}").WithTags("sessions").ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        group.MapWebSocket("/audio", ServeAsync).WithName("listenSession").WithSummary("Listen in on a session, live or from any position, as a WebSocket or as server-sent events")
            .WithDescription(Help).Produces(StatusCodes.Status101SwitchingProtocols).Produces<string>(StatusCodes.Status200OK, "text/event-stream")
            .ProducesProblem(StatusCodes.Status426UpgradeRequired);
        group.MapGet("/audio.wav", WavEndpoint.ServeAsync).WithName("listenSessionWav").WithSummary("Listen in on a session as one WAV stream that any player opens")
            .WithDescription(WavEndpoint.Help).Produces(StatusCodes.Status200OK, contentType: Wav.ContentType);
    }

    /// <summary>Lets a listener in, or answers why not.</summary>
    /// <returns>Null when it has been answered.</returns>
    public static async Task<Listening?> OpenAsync(
        HttpContext http, string session, TenantDirectory tenants, Listenings listenings, ProtocolError? malformed, ListenQuery query, bool isSequential)
    {
        var error = tenants.Check(http.Request, Grants.None, out var caller) ?? malformed;
        if (error is null)
        {
            try
            {
                var key = new SessionKey(caller!.Tenant, SessionPath.SessionOf(http, session));
                (var listening, error) = await listenings.OpenAsync(key, query, isSequential, http.RequestAborted);
                if (listening is not null)
                {
                    return listening;
                }
            }
            catch (Exception e) when (ArchiveApi.IsStoreAway(e))
            {
                error = Problems.StoreUnavailable;
            }
        }

        await http.ToProblem(error!).ExecuteAsync(http);
        return null;
    }

    private static async Task ServeAsync(
        HttpContext http,
        string session,
        TenantDirectory tenants,
        Listenings listenings,
        IHostApplicationLifetime lifetime,
        [Description(ListenQuery.FromHelp)] string[]? from = null,
        [Description(WantedFormat.EncodingHelp)] string? encoding = null,
        [Description(WantedFormat.SampleRateHelp), FromQuery(Name = "sample_rate")] string? sampleRate = null,
        [Description(ListenQuery.BookmarksHelp)] string? bookmarks = null,
        [Description(ListenQuery.SinceHelp)] string? since = null)
    {
        var isSocket = http.WebSockets.IsWebSocketRequest;
        if (!isSocket && !http.Request.Headers.Accept.ToString().Contains("text/event-stream", StringComparison.OrdinalIgnoreCase))
        {
            await http.ToProblem(Problems.StreamRequired).ExecuteAsync(http);
            return;
        }

        var malformed = ListenQuery.TryRead(from, encoding, sampleRate, since, out var query);
        query = query with { WantsBookmarks = bookmarks == "true" };
        if (await OpenAsync(http, session, tenants, listenings, malformed, query, isSequential: false) is not { } listening)
        {
            return;
        }

        await using (listening)
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.ApplicationStopping);
            var frames = new HeardFrames(query, listening.Prefix);
            await (isSocket ? ServeSocketAsync(http, listening, frames, ending) : ServeEventsAsync(http, listening, frames, ending.Token));
        }
    }

    private static async Task ServeSocketAsync(HttpContext http, Listening listening, HeardFrames frames, CancellationTokenSource ending)
    {
        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        var leaving = WatchAsync(socket, ending);
        try
        {
            await foreach (var piece in listening.ReadAllAsync(ending.Token))
            {
                foreach (var heard in frames.Render(piece))
                {
                    await socket.SendAsync(heard.Json, WebSocketMessageType.Text, endOfMessage: true, ending.Token);
                    listening.NoteSent();
                }
            }

            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "the session is over", ending.Token);
            await leaving;
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived && !http.RequestAborted.IsCancellationRequested)
            {
                await socket.CloseOutputAsync(
                    socket.State == WebSocketState.Open ? WebSocketCloseStatus.EndpointUnavailable : WebSocketCloseStatus.NormalClosure, null, http.RequestAborted);
            }
        }
    }

    // A listener says nothing but that it leaves. That ends what waits for more to say to it.
    private static async Task WatchAsync(WebSocket socket, CancellationTokenSource ending)
    {
        var buffer = new byte[256];
        try
        {
            while ((await socket.ReceiveAsync(buffer.AsMemory(), ending.Token)).MessageType != WebSocketMessageType.Close)
            {
                // Passed over.
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // Gone.
        }

        await ending.CancelAsync();
    }

    private static async Task ServeEventsAsync(HttpContext http, Listening listening, HeardFrames frames, CancellationToken ending)
    {
        await SseEndpoint.StartAsync(http);
        var output = http.Response.BodyWriter;
        try
        {
            // Nobody may speak for a long time; that he is let in a listener learns at once.
            await output.FlushAsync(ending);
            await foreach (var piece in listening.ReadAllAsync(ending))
            {
                foreach (var heard in frames.Render(piece))
                {
                    SseEndpoint.WriteEvent(output, heard.Name, heard.Json.Span);
                    listening.NoteSent();
                    if (output.UnflushedBytes >= SseEndpoint.MostUnflushed)
                    {
                        await output.FlushAsync(ending);
                    }
                }

                await output.FlushAsync(ending);
            }
        }
        catch (OperationCanceledException)
        {
            // The listener has left, or the host stops.
        }
    }
}
