namespace TtsGrains.ApiHost.Http;

/// <summary>Routes that answer WebSocket handshakes.</summary>
internal static class WebSocketRoutes
{
    /// <summary>The handshake is a GET on HTTP/1.1 and an extended CONNECT on HTTP/2 (RFC 8441). Plain GET requests reach the handler too.</summary>
    public static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Connect];
}
