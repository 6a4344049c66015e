namespace TtsGrains.ApiHost.Access;

/// <summary>The session that a request is about.</summary>
internal static class RequestedSession
{
    /// <summary>The query parameter of routes that speak.</summary>
    public const string Query = "session_id";

    private const string RouteValue = "session";

    /// <summary>Gets the id that a request names; null if it names none, or if its route is not about one session.</summary>
    public static string? Of(HttpContext http)
        => http.GetRouteValue(RouteValue) as string
            ?? (http.GetEndpoint()?.Metadata.GetOrderedMetadata<IdQuery>().Any(query => query.Name == Query) == true
                ? http.Request.Query[Query].FirstOrDefault()
                : null);
}
