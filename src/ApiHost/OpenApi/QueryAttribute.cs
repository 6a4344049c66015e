using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.OpenApi;

namespace TtsGrains.ApiHost.OpenApi;

/// <summary>A parameter of the query: its name, and its type in the API's description. It is bound as text, so that a wrong value gets our own error.</summary>
/// <param name="type">The type.</param>
[AttributeUsage(AttributeTargets.Parameter)]
internal sealed class QueryAttribute(JsonSchemaType type = JsonSchemaType.String) : Attribute, IFromQueryMetadata
{
    /// <summary>The name in the query. A property, because the generator of request delegates reads no other form.</summary>
    public required string Name { get; init; }

    public JsonSchemaType Type => type;

    /// <summary>The format of a text, such as <c>date</c>.</summary>
    public string? Format { get; init; }

    /// <summary>The values that it may have; empty for any.</summary>
    public string[] Values { get; init; } = [];

    /// <summary>The numbers that it may be; empty for any.</summary>
    public int[] Numbers { get; init; } = [];

    /// <summary>The lowest number; null for none.</summary>
    public string? Minimum { get; init; }

    /// <summary>The highest number; null for none.</summary>
    public string? Maximum { get; init; }

    /// <summary>The type as a schema.</summary>
    public OpenApiSchema ToSchema()
    {
        var schema = new OpenApiSchema { Type = type, Format = Format, Minimum = Minimum, Maximum = Maximum };
        if (Values.Length + Numbers.Length > 0)
        {
            schema.Enum = [.. Values.Select(value => (System.Text.Json.Nodes.JsonNode)value), .. Numbers.Select(number => (System.Text.Json.Nodes.JsonNode)number)];
        }

        return schema;
    }
}
