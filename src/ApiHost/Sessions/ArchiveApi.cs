using Azure;
using Microsoft.OpenApi;
using TtsGrains.ApiHost.Errors;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>The archive over HTTP, below <c>/v1</c>, and its description as OpenAPI at <c>/v1/openapi.json</c>.</summary>
internal static partial class ArchiveApi
{
    private const string Document = "v1";

    public static IServiceCollection AddArchiveApi(this IServiceCollection services)
    {
        services.AddSingleton<SessionOverview>();
        services.AddSingleton<SessionListing>();
        services.AddSingleton<ArchivePatience>();
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, SessionsJson.Default);
            json.SerializerOptions.PropertyNamingPolicy = System.Text.Json.JsonNamingPolicy.SnakeCaseLower;
        });
        services.AddOpenApi(Document, options =>
        {

            // OpenAPI knows no CONNECT: a WebSocket is described by its GET.
            options.ShouldInclude = description => description.RelativePath?.StartsWith("v1/", StringComparison.Ordinal) is true
                && !HttpMethods.IsConnect(description.HttpMethod ?? "");
            options.AddDocumentTransformer((document, _, _) =>
            {
                document.Info.Title = "TtsGrains sessions";
                document.Info.Description = "What is said in a session, for those who listen, and what was said, kept. Every error is a problem document.";
                AddSecurity(document);
                return Task.CompletedTask;
            });

            // An endpoint of two methods has one name; in the document each operation must have its own.
            options.AddOperationTransformer((operation, context, _) =>
            {
                operation.OperationId += HttpMethods.IsHead(context.Description.HttpMethod ?? "") ? "Head" : "";
                return Task.CompletedTask;
            });
        });
        return services;
    }

    public static void MapArchiveApi(this IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi("/v1/openapi.json");
        var group = routes.MapGroup("/v1").WithTags("sessions")
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        group.AddEndpointFilter(RefuseAsync);
        group.MapSessions();
        group.MapSegments();
        group.MapErasure();
    }

    private static void AddSecurity(OpenApiDocument document)
    {
        var schemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            ["bearer"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "An API key; to listen, an access token too." },
            ["header"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = "X-API-Key", Description = "An API key." },
            ["query"] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Query,
                Name = "api_key",
                Description = "An API key, for players and browsers that cannot send headers.",
            },
        };
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = schemes;
        document.Security = [.. schemes.Keys.Select(name => new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(name, document)] = [] })];
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
        catch (Exception e) when (IsStoreAway(e))
        {
            var http = call.HttpContext;
            LogStoreAway(http.RequestServices.GetRequiredService<ILogger<ArchiveCaller>>(), http.Request.Method, http.Request.Path, e.Message.Split('\n')[0]);
            return call.HttpContext.ToProblem(Problems.StoreUnavailable);
        }
    }

    /// <summary>Whether a failure says that the archive's store cannot be reached, or refuses.</summary>
    public static bool IsStoreAway(Exception failure) => failure is RequestFailedException or AggregateException { InnerException: RequestFailedException };

    [LoggerMessage(Level = LogLevel.Warning, Message = "The archive's store failed {Method} {Path}: {Reason}")]
    private static partial void LogStoreAway(ILogger logger, string method, string path, string reason);
}
