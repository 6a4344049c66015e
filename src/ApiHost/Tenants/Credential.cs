namespace TtsGrains.ApiHost.Tenants;

/// <summary>Where a request may carry its key or token: the four ways that the official SDKs and hand-written clients use.</summary>
internal static class Credential
{
    private const string Bearer = "Bearer ";

    /// <summary>The key or token of a request; null when there is none.</summary>
    public static string? From(HttpRequest request)
    {
        string? authorization = request.Headers.Authorization;
        if (authorization is not null && authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return NotEmpty(authorization[Bearer.Length..].Trim());
        }

        return NotEmpty(request.Headers["X-API-Key"]) ?? NotEmpty(request.Query["access_token"]) ?? NotEmpty(request.Query["api_key"]);
    }

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
