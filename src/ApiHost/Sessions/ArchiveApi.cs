using TtsGrains.ApiHost.Errors;
using TtsGrains.ApiHost.OpenApi;
using TtsGrains.Archive.Encryption;
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
        group.MapArchiveKeys();
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
        catch (UnreadableObjectException e)
        {
            return call.HttpContext.ToUnreadable(e);
        }
    }

    /// <summary>Answers that something cannot be decrypted. What was erased with its key is no fault to log.</summary>
    public static IResult ToUnreadable(this HttpContext http, UnreadableObjectException unreadable)
    {
        if (unreadable.Reason != UnreadableReason.KeyDeleted)
        {
            LogUnreadable(http.RequestServices.GetRequiredService<ILogger<ArchiveCaller>>(), http.Request.Method, http.Request.Path, unreadable.Message);
        }

        return http.ToProblem(Problems.Of(unreadable));
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} cannot be answered: {Reason}")]
    private static partial void LogUnreadable(ILogger logger, string method, string path, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The archive's store failed {Method} {Path}: {Reason}")]
    private static partial void LogStoreAway(ILogger logger, string method, string path, string reason);
}
