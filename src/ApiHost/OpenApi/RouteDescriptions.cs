using Microsoft.OpenApi;
using TtsGrains.ApiHost.Access;
using TtsGrains.Protocol.Audio;
using TtsGrains.Protocol.Requests;

namespace TtsGrains.ApiHost.OpenApi;

/// <summary>Describes routes whose handlers read the request themselves.</summary>
internal static class RouteDescriptions
{
    /// <summary>Describes a parameter of the query.</summary>
    public static RouteHandlerBuilder WithQuery(this RouteHandlerBuilder route, string name, string description, Func<OpenApiSchema>? schema = null)
        => route.WithParameter(ParameterLocation.Query, name, description, schema);

    /// <summary>Describes a parameter of the query that names a session or a context; see <see cref="IdCheck"/>.</summary>
    public static RouteHandlerBuilder WithIdQuery(this RouteHandlerBuilder route, string name, string description, Func<string, string> idOf)
        => route.WithQuery(name, description).WithMetadata(new IdQuery(name, idOf));

    /// <summary>Describes a header of the request.</summary>
    public static RouteHandlerBuilder WithHeader(this RouteHandlerBuilder route, string name, string description)
        => route.WithParameter(ParameterLocation.Header, name, description, null);

    /// <summary>Describes the parameters that every route which speaks takes.</summary>
    public static RouteHandlerBuilder WithSessionQueries(this RouteHandlerBuilder route) => route
        .WithIdQuery("session_id", $"The session, {IdRule.Text}; a new one by default. Its id is in the header X-Session-Id of the answer.", id => id)
        .WithQuery("ref", "The caller's own reference of the session, at most 256 characters.")
        .WithQuery("archive", "off keeps the session out of the archive.", () => Choice("on", "off"))
        .WithQuery("priority", "The place of the contexts among those of the tenant while an upstream is full: live before callback before batch. live by default.", () => Choice("live", "callback", "batch"))
        .WithHeader("X-Priority", "As the query priority, which wins.")
        .WithVersion();

    /// <summary>Describes how the API version is chosen.</summary>
    public static RouteHandlerBuilder WithVersion(this RouteHandlerBuilder route) => route
        .WithQuery("cartesia_version", "The API version, a date; wins over the header. The newest by default.", () => Text("date"))
        .WithHeader("Cartesia-Version", "The API version, a date. The newest by default.");

    /// <summary>Describes the body of a request, whatever its Content-Type says: it is always read as JSON.</summary>
    public static RouteHandlerBuilder WithBody<T>(this RouteHandlerBuilder route) => route.AddOpenApiOperationTransformer(async (operation, context, cancellationToken) =>
    {
        var schema = await context.GetOrCreateSchemaAsync(typeof(T), parameterDescription: null, cancellationToken);
        operation.RequestBody = new OpenApiRequestBody { Required = true, Content = new Dictionary<string, OpenApiMediaType> { ["application/json"] = new() { Schema = schema } } };
    });

    /// <summary>Describes the errors of a route of the Cartesia protocol.</summary>
    public static RouteHandlerBuilder ProducesErrors(this RouteHandlerBuilder route, params int[] statuses)
        => statuses.Aggregate(route, (described, status) => described.Produces<ErrorDocument>(status));

    /// <summary>Describes an answer that is a WAV file or stream.</summary>
    public static RouteHandlerBuilder ProducesWav(this RouteHandlerBuilder route, int status = StatusCodes.Status200OK) => route.Produces<Stream>(status, Wav.ContentType);

    /// <summary>Text of some format.</summary>
    public static OpenApiSchema Text(string? format = null) => new() { Type = JsonSchemaType.String, Format = format };

    /// <summary>One of some texts.</summary>
    public static OpenApiSchema Choice(params string[] values)
        => new() { Type = JsonSchemaType.String, Enum = [.. values.Select(value => (System.Text.Json.Nodes.JsonNode)value)] };

    /// <summary>True or false.</summary>
    public static OpenApiSchema Flag() => new() { Type = JsonSchemaType.Boolean };

    /// <summary>A whole number.</summary>
    public static OpenApiSchema Number(int minimum, int maximum)
        => new() { Type = JsonSchemaType.Integer, Minimum = $"{minimum}", Maximum = $"{maximum}" };

    private static RouteHandlerBuilder WithParameter(
        this RouteHandlerBuilder route, ParameterLocation location, string name, string description, Func<OpenApiSchema>? schema)
        => route.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            (operation.Parameters ??= []).Add(new OpenApiParameter { Name = name, In = location, Description = description, Schema = schema?.Invoke() ?? Text() });
            return Task.CompletedTask;
        });
}
