using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace TtsGrains.ApiHost.WebConsole;

/// <summary>What the console needs to know of the service's settings.</summary>
/// <param name="TraceUrl">The address of a trace, with a placeholder; null if there is none.</param>
internal sealed record ConsoleSettings(string? TraceUrl)
{
    /// <summary>Answers with the settings of this host.</summary>
    public static JsonHttpResult<ConsoleSettings> Show(IOptions<ConsoleOptions> options)
        => TypedResults.Json(new ConsoleSettings(options.Value.TraceUrl), ConsoleJson.Default.ConsoleSettings);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ConsoleSettings))]
internal sealed partial class ConsoleJson : JsonSerializerContext;
