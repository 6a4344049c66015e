using Microsoft.Extensions.Options;
using TtsGrains.ApiHost.Tenants;
using TtsGrains.Grains.Contexts;
using TtsGrains.Protocol;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Tts;

/// <summary><c>WS /tts/websocket</c>: decides who it is, before the upgrade, and runs the socket.</summary>
internal static class SocketEndpoint
{
    private const int LongestSessionId = 128;

    public static void MapTtsSocket(this IEndpointRouteBuilder routes) => routes.MapGet("/tts/websocket", ServeAsync);

    private static async Task ServeAsync(
        HttpContext http,
        TenantDirectory tenants,
        IOptions<SocketOptions> options,
        IGrainFactory grains,
        ContextLogs logs,
        TimeProvider time,
        IHostApplicationLifetime lifetime,
        ILogger<ClientSocket> logger)
    {
        var version = VersionOf(http.Request);
        var socketId = Guid.NewGuid().ToString();
        if (Refusal(http, tenants, out var tenant, out var session) is { } error)
        {
            await http.RefuseAsync(error, version, socketId);
            return;
        }

        http.Response.Headers["X-Request-Id"] = socketId;
        http.Response.Headers["X-Session-Id"] = session;
        using var webSocket = await http.WebSockets.AcceptWebSocketAsync();
        var socket = new ClientSocket(
            webSocket, new SocketIdentity(tenant, session, socketId, version), options.Value, grains, logs, time, logger, http.RequestAborted);
        await socket.RunAsync(lifetime.ApplicationStopping);
    }

    private static ProtocolError? Refusal(HttpContext http, TenantDirectory tenants, out string tenant, out string session)
    {
        session = http.Request.Query["session_id"].FirstOrDefault() ?? Guid.NewGuid().ToString("N");
        tenant = tenants.Find(Credential.From(http.Request)) ?? "";
        return tenant.Length == 0 ? ErrorCatalogue.Unauthorized
            : !http.WebSockets.IsWebSocketRequest ? ErrorCatalogue.UpgradeRequired
            : session.Length is 0 or > LongestSessionId ? ErrorCatalogue.OutOfRange("session_id", $"1 to {LongestSessionId} characters")
            : null;
    }

    // The query wins over the header, as at Cartesia.
    private static ApiVersion VersionOf(HttpRequest request)
        => ApiVersion.Parse(request.Query["cartesia_version"].FirstOrDefault() ?? request.Headers["Cartesia-Version"].FirstOrDefault());
}
