using TtsGrains.ApiHost.Errors;
using TtsGrains.ApiHost.OpenApi;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>The sessions and their archive over HTTP, below <c>/v1</c>.</summary>
internal static class ArchiveApi
{
    public static IServiceCollection AddArchiveApi(this IServiceCollection services)
    {
        services.AddSingleton<SessionOverview>();
        services.AddSingleton<SessionTextSearch>();
        services.AddSingleton<SessionListing>();
        services.AddSingleton<ArchiveReadRetry>();
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, SessionsJson.Default);
            json.SerializerOptions.PropertyNamingPolicy = System.Text.Json.JsonNamingPolicy.SnakeCaseLower;
        });
        return services;
    }

    public static void MapArchiveApi(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1").WithTags("sessions")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        group.RefuseUnknownQueries();
        group.ReportStoreFailures();
        group.MapSessions();
        group.MapSegments();
        group.MapErasure();
        group.MapArchiveKeys();
        group.MapUsage();
    }
}
