using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace TtsGrains.Cli;

/// <summary>Output for programs: one JSON object a line.</summary>
internal static class JsonOutput
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Option<bool> CreateOption() => new("--json") { Description = "Print one JSON object a line." };

    public static void Write(object value) => Console.WriteLine(ToText(value));

    /// <summary>Returns the line for an object.</summary>
    public static string ToText(object value) => JsonSerializer.Serialize(value, Options);
}
