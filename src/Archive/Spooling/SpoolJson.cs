using System.Text.Json.Serialization;

namespace TtsGrains.Archive.Spooling;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SpoolLine))]
internal sealed partial class SpoolJson : JsonSerializerContext;
