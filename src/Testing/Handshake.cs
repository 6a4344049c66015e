using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace TtsGrains.Testing;

/// <summary>
/// Answers the upgrade of a WebSocket by hand (RFC 6455, 4.2.2), to have the stream beneath it: broken frames can then be written too.
/// </summary>
internal static class Handshake
{
    private const string Magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /// <returns>The stream, or null when it was no upgrade: then it has been answered so.</returns>
    [SuppressMessage("Security", "CA5350", Justification = "The protocol asks for SHA-1; nothing is kept secret by it.")]
    public static async Task<Stream?> AcceptAsync(HttpContext http)
    {
        var key = http.Request.Headers.SecWebSocketKey.ToString();
        if (key.Length == 0 || http.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true } upgrade)
        {
            http.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            return null;
        }

        http.Response.Headers.Upgrade = "websocket";
        http.Response.Headers.Connection = "Upgrade";
        http.Response.Headers.SecWebSocketAccept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + Magic)));
        return await upgrade.UpgradeAsync();
    }
}
