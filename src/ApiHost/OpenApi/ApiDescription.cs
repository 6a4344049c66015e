using System.Reflection;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Scalar.AspNetCore;
using TtsGrains.ApiHost.Access;
using TtsGrains.Protocol.Requests;

namespace TtsGrains.ApiHost.OpenApi;

/// <summary>The description of all routes as OpenAPI at <c>/v1/openapi.json</c>, and as a page to read and try at <c>/docs</c>.</summary>
internal static class ApiDescription
{
    private const string Document = "v1";
    private const string Path = "/v1/openapi.json";

    // What is in paths, wherever it is.
    private static readonly Dictionary<string, string> PathParameters = new(StringComparer.Ordinal)
    {
        ["session"] = $"The session's id, percent-encoded: {IdRule.Text}.",
        ["ordinal"] = "The context's place in its session, from 1.",
        ["flushId"] = "The segment's number in its context, from 1.",
        ["id"] = "The id of the object.",
        ["accent"] = "The id of the accent.",
        ["tenant"] = "The id of the tenant.",
        ["key"] = "The id of the key: the beginning of its SHA-256.",
    };

    public static IServiceCollection AddApiDescription(this IServiceCollection services)
    {
        // Numbers are never read from text, so they are not described as text either.
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict);
        services.AddOpenApi(Document, options =>
        {
            // OpenAPI knows no CONNECT: a WebSocket is described by its GET.
            options.ShouldInclude = description => !HttpMethods.IsConnect(description.HttpMethod ?? "");
            options.AddDocumentTransformer((document, _, _) =>
            {
                document.Info.Title = "TtsGrains";
                document.Info.Description = "Text to speech over the Cartesia protocol, and, below /v1, the sessions: what is said in them, for those who listen, and what was said, kept. "
                    + "Errors below /v1 are problem documents.";
                AddSecurity(document);
                return Task.CompletedTask;
            });
            options.AddOperationTransformer(DescribeAsync);
            options.AddSchemaTransformer(DescribeAsync);
        });
        return services;
    }

    public static void MapApiDescription(this IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi(Path).WithAccess(RouteAccess.Public);

        // All of the page is served from here: it works without the internet.
        routes.MapScalarApiReference("/docs", scalar => scalar.WithTitle("TtsGrains API").WithOpenApiRoutePattern(Path)
            .DisableDefaultFonts().DisableTelemetry().DisableAgent().DisableMcp().HideClientButton())
            .WithAccess(RouteAccess.Public);
    }

    private static Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        // An endpoint of two methods has one name; in the document each operation must have its own.
        operation.OperationId += HttpMethods.IsHead(context.Description.HttpMethod ?? "") ? "Head" : "";
        foreach (var parameter in (operation.Parameters ?? []).OfType<OpenApiParameter>())
        {
            if (parameter.In == ParameterLocation.Path && PathParameters.TryGetValue(parameter.Name ?? "", out var description))
            {
                parameter.Description ??= description;
            }
            else if (FindQuery(context.Description, parameter) is { Type: not JsonSchemaType.Array } query)
            {
                parameter.Schema = query.ToSchema();
            }
        }

        return Task.CompletedTask;
    }

    private static QueryAttribute? FindQuery(Microsoft.AspNetCore.Mvc.ApiExplorer.ApiDescription description, OpenApiParameter parameter) => description.ParameterDescriptions
        .Where(described => described.Name == parameter.Name)
        .Select(described => (described.ParameterDescriptor as IParameterInfoParameterDescriptor)?.ParameterInfo.GetCustomAttribute<QueryAttribute>())
        .FirstOrDefault();

    private static Task DescribeAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.JsonTypeInfo.Type == typeof(ProblemDetails) && context.JsonPropertyInfo is null)
        {
            schema.Properties ??= new Dictionary<string, IOpenApiSchema>();
            schema.Properties["error_code"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "Names the kind of error, such as session_not_found." };
            schema.Properties["request_id"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "The id of the request, as in the header X-Request-Id." };
        }

        if (context.JsonPropertyInfo is { } property && UnitOf(property.Name) is { } unit)
        {
            schema.Description = schema.Description is { Length: > 0 } said ? $"{said.TrimEnd('.')}; {unit}." : $"In {unit}.";
        }

        return Task.CompletedTask;
    }

    private static string? UnitOf(string member) => member switch
    {
        "sample_rate" => "Hz",
        "expires_in" => "seconds",
        _ when member.EndsWith("_ms", StringComparison.Ordinal) => "milliseconds",
        _ when member.EndsWith("_seconds", StringComparison.Ordinal) => "seconds",
        _ when member.EndsWith("bytes", StringComparison.Ordinal) || member.EndsWith("bytes_waiting", StringComparison.Ordinal) => "bytes",
        _ => null,
    };

    private static void AddSecurity(OpenApiDocument document)
    {
        var schemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            ["bearer"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "An API key; or an access token with the grant that the route needs: tts, listen or archive." },
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
}
