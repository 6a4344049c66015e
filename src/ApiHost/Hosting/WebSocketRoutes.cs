namespace TtsGrains.ApiHost.Hosting;

/// <summary>Routes that answer WebSocket handshakes.</summary>
internal static class WebSocketRoutes
{
    // The handshake is a GET on HTTP/1.1 and an extended CONNECT on HTTP/2 (RFC 8441).
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Connect];

    /// <summary>Maps a route for WebSocket handshakes of every HTTP version; plain GET requests reach the handler too.</summary>
    public static RouteHandlerBuilder MapWebSocket(this IEndpointRouteBuilder routes, string pattern, Delegate handler)
        => routes.MapMethods(pattern, Methods, handler);
}
