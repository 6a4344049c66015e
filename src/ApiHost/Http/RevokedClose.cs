using System.Net.WebSockets;

namespace TtsGrains.ApiHost.Http;

/// <summary>How a socket closes whose credential became void.</summary>
internal static class RevokedClose
{
    /// <summary>The close code. Clients that look at codes do not come back with the same credential.</summary>
    public const WebSocketCloseStatus Status = (WebSocketCloseStatus)4401;

    /// <summary>The reason that goes with <see cref="Status"/>.</summary>
    public const string Reason = "the credential was revoked or has expired";
}
