namespace TtsGrains.ApiHost.Access;

/// <summary>Response headers that restrict what a browser does with an answer. Every answer of the application has them, errors included.</summary>
internal static class SecurityHeaders
{
    /// <summary>Adds the headers to all answers. Belongs before everything that answers.</summary>
    public static void UseSecurityHeaders(this IApplicationBuilder app)
        => app.Use((http, next) =>
        {
            // As the answer starts: what clears a failed response must not take them away.
            http.Response.OnStarting(AddAsync, http.Response);
            return next(http);
        });

    private static Task AddAsync(object response)
    {
        var headers = ((HttpResponse)response).Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "SAMEORIGIN";

        // A page may have a stricter policy of its own.
        headers.TryAdd("Content-Security-Policy", "frame-ancestors 'self'");

        // A key or token may be in the query, which a referrer would carry to other sites.
        headers["Referrer-Policy"] = "no-referrer";
        return Task.CompletedTask;
    }
}
