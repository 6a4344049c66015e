using System.Net.WebSockets;
using TtsGrains.ApiHost.Tenants;
using TtsGrains.ApiHost.Tts;
using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>
/// <c>GET /v1/sessions/{session}/audio</c>: what is said in a session, for somebody else than its client, over a WebSocket or as server-sent
/// events. It ends when the session does, and everything was given.
/// </summary>
internal static class ListenEndpoint
{
    public static void MapListening(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/sessions/{session}/audio", ServeAsync);
        routes.MapGet("/v1/sessions/{session}/audio.wav", WavEndpoint.ServeAsync);
    }

    /// <summary>Lets a listener in, or answers why not.</summary>
    /// <returns>Null when it has been answered.</returns>
    public static async Task<(Listening Listening, ListenQuery Query)?> OpenAsync(
        HttpContext http, string session, TenantDirectory tenants, Listenings listenings, bool isSequential)
    {
        if (tenants.Check(http.Request, Grants.None, out var caller) is { } refusal)
        {
            await new Problem(refusal.StatusCode, refusal.Title, refusal.Message, refusal.Code!).WriteAsync(http);
            return null;
        }

        var problem = ListenQuery.TryRead(http.Request.Query, out var query);
        if (problem is null)
        {
            (var listening, problem) = await listenings.OpenAsync(new SessionKey(caller!.Tenant, session), query, isSequential, http.RequestAborted);
            if (listening is not null)
            {
                return (listening, query);
            }
        }

        await problem!.WriteAsync(http);
        return null;
    }

    private static async Task ServeAsync(HttpContext http, string session, TenantDirectory tenants, Listenings listenings, IHostApplicationLifetime lifetime)
    {
        var isSocket = http.WebSockets.IsWebSocketRequest;
        if (!isSocket && !http.Request.Headers.Accept.ToString().Contains("text/event-stream", StringComparison.OrdinalIgnoreCase))
        {
            await Problem.StreamRequired.WriteAsync(http);
            return;
        }

        if (await OpenAsync(http, session, tenants, listenings, isSequential: false) is not var (listening, query))
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
            await foreach (var piece in listening.ReadAllAsync(ending))
            {
                foreach (var heard in frames.Render(piece))
                {
                    SseEndpoint.WriteEvent(output, heard.Name, heard.Json.Span);
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
