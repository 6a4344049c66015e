namespace TtsGrains.ApiHost.Http;

/// <summary>Reads the whole body of a request in bounded memory.</summary>
internal static class RequestBody
{
    private const int FirstBuffer = 4 * 1024;

    /// <returns>Null when it is longer than that; the rest is then not read.</returns>
    public static async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(HttpRequest request, int maxBytes)
    {
        if (request.ContentLength > maxBytes)
        {
            return null;
        }

        var aborted = request.HttpContext.RequestAborted;
        var buffer = new byte[Math.Min(request.ContentLength + 1 ?? FirstBuffer, maxBytes + 1)];
        var length = 0;
        while (await request.Body.ReadAsync(buffer.AsMemory(length), aborted) is > 0 and var read)
        {
            length += read;
            if (length > maxBytes)
            {
                return null;
            }

            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, Math.Min(length * 2, maxBytes + 1));
            }
        }

        return buffer.AsMemory(0, length);
    }
}
