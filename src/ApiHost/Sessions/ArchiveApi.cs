using Azure;
using TtsGrains.ApiHost.Errors;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>The archive over HTTP, below <c>/v1</c>, and its description as OpenAPI at <c>/v1/openapi.json</c>.</summary>
internal static class ArchiveApi
{
    private const string Document = "v1";

    public static IServiceCollection AddArchiveApi(this IServiceCollection services)
    {
        services.AddSingleton<SessionOverview>();
        services.AddSingleton<ArchivePatience>();
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, SessionsJson.Default);
            json.SerializerOptions.PropertyNamingPolicy = System.Text.Json.JsonNamingPolicy.SnakeCaseLower;
        });
        services.AddOpenApi(Document, options =>
        {
            options.ShouldInclude = description => description.RelativePath?.StartsWith("v1/", StringComparison.Ordinal) is true;
            options.AddDocumentTransformer((document, _, _) =>
            {
                document.Info.Title = "TtsGrains sessions";
                document.Info.Description = "What was said in a session, kept. Send an API key as Authorization: Bearer or X-API-Key. Every error is a problem document.";
                return Task.CompletedTask;
            });
        });
        return services;
    }

    public static void MapArchiveApi(this IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi("/v1/openapi.json");
        var group = routes.MapGroup("/v1").WithTags("sessions")
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden);
        group.AddEndpointFilter(RefuseAsync);
        group.MapSessions();
        group.MapSegments();
        group.MapErasure();
    }

    // Nothing is looked up for a caller who may not ask.
    private static async ValueTask<object?> RefuseAsync(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        if (call.Arguments.OfType<ArchiveCaller>().Single().Refusal is { } refusal)
        {
            return call.HttpContext.ToProblem(refusal);
        }

        try
        {
            return await next(call);
        }
        catch (RequestFailedException)
        {
            return call.HttpContext.ToProblem(Problems.StoreUnavailable);
        }
        catch (AggregateException failures) when (failures.InnerException is RequestFailedException)
        {
            return call.HttpContext.ToProblem(Problems.StoreUnavailable);
        }
    }
}
