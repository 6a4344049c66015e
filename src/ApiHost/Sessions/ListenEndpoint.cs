using System.ComponentModel;
using System.Net.WebSockets;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using TtsGrains.ApiHost.Access;
using TtsGrains.ApiHost.Audit;
using TtsGrains.ApiHost.Errors;
using TtsGrains.ApiHost.Http;
using TtsGrains.ApiHost.OpenApi;
using TtsGrains.ApiHost.Tenants;
using TtsGrains.Archive.Stores;
using TtsGrains.Grains.Interfaces.Audit;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>
/// <c>GET /v1/sessions/{session}/audio</c>: the frames of a session, for listeners other than its client, over a WebSocket or as server-sent
/// events. It ends when the session does, and everything was given.
/// </summary>
internal static class ListenEndpoint
{
    private const string Help = """
        Asked with a WebSocket upgrade, every event is one text message, and the connection ends with close code 1000 when the session is over and everything was given; what the
        listener sends is passed over. Asked with Accept: text/event-stream, every event is one server-sent event named as its type, and the response ends where the
        connection would. Each has an id: a request with it in the header Last-Event-ID, as EventSource sends it, continues behind that event in place of from and since, and gets 204 when
        nothing follows. An event is a frame of the Cartesia protocol (chunk, timestamps, phoneme_timestamps, flush_done, done, error) of any context of the session with session_id
        and offset before its own members. Frames that are no longer available are reported by one event {"type":"gap","session_id","context_id","from","to","done":false,"status_code":206};
        its to is null if their number is unknown. A slow listener delays no one else: frames that exceed its buffer are read again from the log or the archive.
        """;

    private const string LastEventId = "Last-Event-ID";

    public static void MapListening(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1/sessions/{session}").WithTags("sessions").ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status429TooManyRequests).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        group.RefuseUnknownQueries();
        group.MapMethods("/audio", WebSocketRoutes.Methods, ServeAsync).WithAccess(RouteAccess.Scope(Scopes.Listen)).WithAudit(AuditActions.Listen).WithName("listenSession").WithSummary("Listen in on a session, live or from any position, as a WebSocket or as server-sent events")
            .WithDescription(Help).Produces(StatusCodes.Status101SwitchingProtocols).Produces<string>(StatusCodes.Status200OK, "text/event-stream")
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status426UpgradeRequired)
            .WithHeader(LastEventId, "The id of the last event that the listener got over server-sent events: continues behind it.");
        group.MapGet("/audio.wav", WavEndpoint.ServeAsync).WithAccess(RouteAccess.Scope(Scopes.Listen)).WithAudit(AuditActions.Listen).WithName("listenSessionWav").WithSummary("Listen in on a session as one WAV stream that any player opens")
            .WithDescription(WavEndpoint.Help).ProducesWav();
    }

    /// <summary>Lets a listener in, or answers why not.</summary>
    /// <returns>Null when it has been answered.</returns>
    public static async Task<Listening?> OpenAsync(
        HttpContext http, string session, Listenings listenings, ProtocolError? malformed, ListenQuery query, bool isSequential)
    {
        var tenant = http.GetCaller().Tenant;
        var limit = http.RequestServices.GetRequiredService<IOptionsMonitor<TenantOptions>>().Get(tenant).MaxListeners;
        var error = malformed ?? (await http.RequestServices.GetRequiredService<ListenerCounts>().TryEnterAsync(http, tenant, limit) ? null : ApiErrors.TooManyListeners(limit));
        if (error is null)
        {
            try
            {
                var key = new SessionKey(tenant, session);
                (var listening, error) = await listenings.OpenAsync(key, query, isSequential, http.RequestAborted);
                if (listening is not null)
                {
                    return listening;
                }
            }
            catch (Exception e) when (StoreFailure.Is(e))
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
        Listenings listenings,
        IOptions<ListenerOptions> options,
        TimeProvider time,
        IHostApplicationLifetime lifetime,
        [Description(ListenQuery.FromHelp), Query(JsonSchemaType.Array, Name = "from")] string[]? from = null,
        [Description(WantedFormat.EncodingHelp), Query(Name = "encoding", Values = ["pcm_f32le", "pcm_s16le", "pcm_mulaw", "pcm_alaw"])] string? encoding = null,
        [Description(WantedFormat.SampleRateHelp), Query(JsonSchemaType.Integer, Name = "sample_rate", Numbers = [8000, 16000, 22050, 24000, 44100, 48000])] string? sampleRate = null,
        [Description(ListenQuery.BookmarksHelp), Query(JsonSchemaType.Boolean, Name = "bookmarks")] string? bookmarks = null,
        [Description(ListenQuery.SinceHelp), Query(Name = "since")] string? since = null)
    {
        var isSocket = http.WebSockets.IsWebSocketRequest;
        if (!isSocket && !http.Request.Headers.Accept.ToString().Contains("text/event-stream", StringComparison.OrdinalIgnoreCase))
        {
            await http.ToProblem(Problems.StreamRequired).ExecuteAsync(http);
            return;
        }

        var malformed = ListenQuery.TryRead(from, encoding, sampleRate, since, out var query)
            ?? (bookmarks is null or "true" or "false" ? null : ErrorCatalogue.OutOfRange("bookmarks", "true or false"));
        query = query with { WantsBookmarks = bookmarks == "true" };
        var lastEventId = isSocket ? "" : http.Request.Headers[LastEventId].ToString();
        if (lastEventId.Length > 0 && !EventIds.TryContinue(lastEventId, query, out query))
        {
            malformed ??= Problems.NotAnEventId;
        }

        // The ids of server-sent events are made from bookmarks.
        var opened = isSocket ? query : query with { WantsBookmarks = true };
        if (await OpenAsync(http, session, listenings, malformed, opened, isSequential: false) is not { } listening)
        {
            return;
        }

        await using (listening)
        {
            if (lastEventId.Length > 0 && listening.IsOver)
            {
                // EventSource comes back after every end, until it gets this.
                http.Response.StatusCode = StatusCodes.Status204NoContent;
                return;
            }

            using var ending = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.ApplicationStopping);
            using var revocation = new ListenerRevocation(ending, time, http.GetRevocation().TakeOver());
            await (isSocket
                ? ServeSocketAsync(http, listening, new ListenerEventRenderer(query, listening.Prefix), ending, revocation)
                : ServeEventsAsync(http, new EventStreamWriter(http, listening, query, options.Value.KeepAliveInterval, time), revocation, ending.Token));
        }
    }

    private static async Task ServeEventsAsync(HttpContext http, EventStreamWriter events, ListenerRevocation revocation, CancellationToken ending)
    {
        try
        {
            await events.WriteAsync(revocation.Reading);
        }
        catch (OperationCanceledException) when (revocation.IsRevoked && !ending.IsCancellationRequested)
        {
            await events.WriteErrorAsync(ErrorCatalogue.CredentialRevoked, http.TraceIdentifier, ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        catch (OperationCanceledException)
        {
            // The listener has left, or the host stops.
        }
    }

    private static async Task ServeSocketAsync(
        HttpContext http, Listening listening, ListenerEventRenderer frames, CancellationTokenSource ending, ListenerRevocation revocation)
    {
        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        var leaving = WatchAsync(socket, ending);
        try
        {
            await foreach (var piece in listening.ReadAllAsync(revocation.Reading))
            {
                foreach (var heard in frames.Render(piece))
                {
                    await socket.SendAsync(heard.Json, WebSocketMessageType.Text, endOfMessage: true, ending.Token);
                    listening.RecordSent();
                }
            }

            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "the session is over", ending.Token);
            await leaving;
        }
        catch (OperationCanceledException) when (revocation.IsRevoked && !ending.IsCancellationRequested)
        {
            await RefuseAsync(socket, listening.Prefix.RenderError(ErrorCatalogue.CredentialRevoked, http.TraceIdentifier), ending.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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

    private static async Task RefuseAsync(WebSocket socket, byte[] error, CancellationToken ending)
    {
        await socket.SendAsync(error, WebSocketMessageType.Text, endOfMessage: true, ending);
        await socket.CloseOutputAsync(RevokedClose.Status, RevokedClose.Reason, ending);
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
}
