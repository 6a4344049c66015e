using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using TtsGrains.Protocol;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Errors;

/// <summary>Errors as plain HTTP answers, in the form of the client's API version.</summary>
internal static class HttpErrors
{
    /// <summary>The API version that the client speaks. The query wins over the header, as at Cartesia.</summary>
    public static ApiVersion GetApiVersion(this HttpRequest request)
        => ApiVersion.Parse(request.Query["cartesia_version"].FirstOrDefault() ?? request.Headers["Cartesia-Version"].FirstOrDefault());

    /// <summary>Answers with an error. Nothing may have been written before.</summary>
    public static async Task RefuseAsync(this HttpContext http, ProtocolError error)
    {
        http.Features.Set(error);
        http.Response.StatusCode = error.StatusCode;
        http.Response.Headers["X-Should-Retry"] = MayRetry(error.StatusCode) ? "true" : "false";
        if (error.RetryDelay is { } delay)
        {
            http.Response.Headers.RetryAfter = ToSeconds(delay);
        }

        if (error.StatusCode == StatusCodes.Status426UpgradeRequired)
        {
            http.Response.Headers.Upgrade = "websocket";
        }

        var body = Render(error, http.Request.GetApiVersion(), http.TraceIdentifier, out var contentType);
        http.Response.ContentType = contentType;
        http.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.Body.WriteAsync(body, http.RequestAborted);
        }
    }

    /// <summary>
    /// Whether the same request may be sent again as it is. The official SDKs send one again twice on 408, 409, 429 and 5xx unless told otherwise.
    /// A 429 or 503 was turned away before any of its text was spoken; after another 5xx the text may have been spoken and charged for.
    /// </summary>
    public static bool MayRetry(int statusCode) => statusCode is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable;

    /// <summary>A delay as the header Retry-After has it.</summary>
    public static string ToSeconds(TimeSpan delay) => Math.Ceiling(delay.TotalSeconds).ToString(CultureInfo.InvariantCulture);

    private static ReadOnlyMemory<byte> Render(ProtocolError error, ApiVersion version, string requestId, out string contentType)
    {
        if (!version.HasJsonErrors)
        {
            contentType = "text/plain; charset=utf-8";
            return Encoding.UTF8.GetBytes(error.Legacy);
        }

        contentType = "application/json";
        var body = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(body);
        json.WriteStartObject();
        json.WriteString("error_code"u8, error.Code);
        json.WriteString("title"u8, error.Title);
        json.WriteString("message"u8, error.Message);
        json.WriteString("request_id"u8, requestId);
        json.WriteEndObject();
        json.Flush();
        return body.WrittenMemory;
    }
}
