using System.Buffers;
using System.Text;
using System.Text.Json;
using TtsGrains.Protocol;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Tts;

/// <summary>Errors as plain HTTP answers, in the form of the client's API version.</summary>
internal static class HttpErrors
{
    public static async Task RefuseAsync(this HttpContext http, ProtocolError error, ApiVersion version, string requestId)
    {
        http.Response.StatusCode = error.StatusCode;
        http.Response.Headers["X-Request-Id"] = requestId;
        if (error.StatusCode == StatusCodes.Status426UpgradeRequired)
        {
            http.Response.Headers.Upgrade = "websocket";
        }

        if (!version.HasJsonErrors)
        {
            http.Response.ContentType = "text/plain; charset=utf-8";
            await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(error.Legacy), http.RequestAborted);
            return;
        }

        http.Response.ContentType = "application/json";
        var body = new ArrayBufferWriter<byte>(256);
        Render(body, error, requestId);
        await http.Response.Body.WriteAsync(body.WrittenMemory, http.RequestAborted);
    }

    private static void Render(IBufferWriter<byte> body, ProtocolError error, string requestId)
    {
        using var json = new Utf8JsonWriter(body);
        json.WriteStartObject();
        json.WriteString("error_code"u8, error.Code);
        json.WriteString("title"u8, error.Title);
        json.WriteString("message"u8, error.Message);
        json.WriteString("request_id"u8, requestId);
        json.WriteEndObject();
    }
}
