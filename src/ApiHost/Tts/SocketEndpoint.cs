using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using TtsGrains.ApiHost.Access;
using TtsGrains.ApiHost.Errors;
using TtsGrains.ApiHost.Http;
using TtsGrains.ApiHost.OpenApi;
using TtsGrains.ApiHost.Sessions;
using TtsGrains.ApiHost.Tenants;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Tts;

/// <summary>
/// <c>WS /tts/websocket</c>: decides who it is, before the upgrade, and runs the socket. An upstream that is away is no reason to refuse: it may
/// be back by the first text, and else each context is told.
/// </summary>
internal static class SocketEndpoint
{
    public const string Path = "/tts/websocket";

    private const string Help = """
        Cartesia's WebSocket protocol: every message is one JSON object in a text message. A request that is refused gets an HTTP status and an error in place of the upgrade. A client that
        lost its socket opens another with the same session_id and resumes its contexts.
        """;

    public static void MapTtsSocket(this IEndpointRouteBuilder routes) => routes.MapMethods(Path, WebSocketRoutes.Methods, ServeAsync)
        .WithAccess(RouteAccess.Scope(Scopes.Speak))
        .WithTags("tts").WithName("ttsWebSocket").WithSummary("Speak over a WebSocket: many contexts, text as it comes").WithDescription(Help)
        .WithSessionQueries()
        .WithIdQuery(
            "resume",
            "A context to resume, as <context> or <context>:<offset> of the next frame wanted. May be given several times.",
            text => new ResumeRequest(text).ContextId)
        .WithQuery("traceparent", "The client's span, as in the header of the same name (W3C Trace Context), for clients that cannot set headers.")
        .WithQuery("offsets", "true puts the member offset at the front of every frame.", RouteDescriptions.Flag)
        .Produces(StatusCodes.Status101SwitchingProtocols)
        .ProducesErrors(400, 401, 403, 426, 429, 503);

    private static async Task ServeAsync(
        HttpContext http,
        Admission admission,
        SocketCounts counts,
        SessionSockets sockets,
        LiveSessions live,
        SocketServices services,
        IHostApplicationLifetime lifetime,
        IOptionsMonitor<TenantOptions> tenantOptions)
    {
        var error = admission.Check(http, out var tenant, out var session) ?? (http.WebSockets.IsWebSocketRequest ? null : ErrorCatalogue.UpgradeRequired);
        var requested = SessionRequestOptions.None;
        error ??= SessionRequestOptions.Read(http.Request, out requested);
        var limit = tenantOptions.Get(tenant).MaxSockets ?? services.Options.MaxSocketsPerTenant;
        if (error is null && !await counts.TryEnterAsync(tenant, limit))
        {
            error = ApiErrors.TooManySockets(limit);
        }

        if (error is not null)
        {
            await http.RefuseAsync(error);
            return;
        }

        try
        {
            await services.Rates.PrepareAsync(tenant);
            http.Response.Headers["X-Session-Id"] = session;
            http.Response.Headers["X-Session-Inputs"] = "numbered";
            var identity = new SocketIdentity(tenant, session, http.TraceIdentifier, http.Request.GetApiVersion())
            {
                Resumes = [.. http.Request.Query["resume"].Select(text => new ResumeRequest(text ?? ""))],
                MayComeBack = http.Request.Query.ContainsKey("session_id"),
                WantsOffsets = http.Request.Query["offsets"] == "true",
                Options = requested with { IsNotKept = requested.IsNotKept || tenantOptions.Get(tenant).Archive == ArchiveSwitch.Off },
            };
            var sessionKey = new SessionKey(tenant, session);
            var contexts = new SocketContexts(services.Time);
            using var trace = SocketTrace.Start(http, sessionKey);
            using var membership = sockets.Join(sessionKey, contexts);
            await using var presence = await SessionPresence.AttachAsync(services.Grains, live, identity, requested.Reference, services.Time, services.Logger);
            using var webSocket = await http.WebSockets.AcceptWebSocketAsync();
            presence.Socket = webSocket;
            var transport = http.Features.GetRequiredFeature<CoalescedUpgrade>().Stream!;
            var socket = new ClientSocket(webSocket, transport, identity, contexts, trace, services, http.RequestAborted);
            await sockets.TakeOverAsync(sessionKey, contexts, identity.Resumes);
            await socket.RunAsync(lifetime.ApplicationStopping, http.GetRevocation().TakeOver());
        }
        finally
        {
            counts.Leave(tenant);
        }
    }
}
