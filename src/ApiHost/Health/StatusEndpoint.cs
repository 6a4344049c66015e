using TtsGrains.ApiHost.Access;
using TtsGrains.ApiHost.OpenApi;
using TtsGrains.Protocol;

namespace TtsGrains.ApiHost.Health;

internal static class StatusEndpoint
{
    /// <summary><c>GET /</c>, as Cartesia answers it.</summary>
    public static void MapStatus(this IEndpointRouteBuilder routes)
        => routes.MapGet("/", () => Results.Text($$"""{"ok":true,"version":"{{ApiVersion.Newest}}"}""", "application/json")).WithAccess(RouteAccess.Public)
            .WithTags("status").WithName("status").WithSummary("The service is there, and its newest API version").Produces<StatusDocument>();
}
