using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace TtsGrains.ApiHost.Tests.Hosting;

/// <summary>The routing table of a service: each method of each route by a name such as <c>GET /v1/sessions/{session}</c>.</summary>
internal static partial class RouteTable
{
    /// <summary>The page of the API's description, whose files have names of their library's choice.</summary>
    public const string Page = "GET /docs";

    /// <summary>Gets all routes.</summary>
    public static IReadOnlyList<(string Name, RouteEndpoint Endpoint)> Of(RunningService service)
        => [.. (from endpoint in service.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
                from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["*"]
                where method != "CONNECT"
                let route = $"{method} {Constraint().Replace($"/{endpoint.RoutePattern.RawText!.Trim('/')}", "{$1}")}"
                select (Name: route.StartsWith(Page, StringComparison.Ordinal) ? Page : route, endpoint)).DistinctBy(route => route.Name)];

    /// <summary>Gets the method to ask for a route with.</summary>
    public static HttpMethod MethodOf(string route) => new(route.Split(' ')[0].Replace("*", "GET", StringComparison.Ordinal));

    /// <summary>Gets a path of a route.</summary>
    public static string PathOf(string route, string session = "none", string id = "none") => Parameter().Replace(route.Split(' ')[1], parameter => parameter.Groups[1].Value switch
    {
        "session" => session,
        "ordinal" or "flushId" => "1",
        "id" => id,
        _ => "none",
    });

    [GeneratedRegex(@"\{(\w+)(?::\w+(?:\(\d+\))?)+\}")]
    private static partial Regex Constraint();

    [GeneratedRegex(@"\{\*{0,2}(\w+)\??\}")]
    private static partial Regex Parameter();
}
