using TtsGrains.ApiHost.Errors;
using TtsGrains.ApiHost.OpenApi;
using TtsGrains.Archive.Stores;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>The sessions and their archive over HTTP, below <c>/v1</c>.</summary>
internal static partial class ArchiveApi
{
    public static IServiceCollection AddArchiveApi(this IServiceCollection services)
    {
        services.AddSingleton<SessionOverview>();
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
        group.AddEndpointFilter(ReportStoreAsync);
        group.MapSessions();
        group.MapSegments();
        group.MapErasure();
        group.MapUsage();
    }

    private static async ValueTask<object?> ReportStoreAsync(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        try
        {
            return await next(call);
        }
        catch (Exception e) when (StoreFailure.Is(e))
        {
            var http = call.HttpContext;
            LogStoreAway(http.RequestServices.GetRequiredService<ILogger<ArchiveCaller>>(), http.Request.Method, http.Request.Path, e.Message.Split('\n')[0]);
            return call.HttpContext.ToProblem(Problems.StoreUnavailable);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The archive's store failed {Method} {Path}: {Reason}")]
    private static partial void LogStoreAway(ILogger logger, string method, string path, string reason);
}
