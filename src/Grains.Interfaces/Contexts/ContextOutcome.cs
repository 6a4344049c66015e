using System.Text.Json.Serialization;

namespace TtsGrains.Grains.Interfaces.Contexts;

/// <summary>How a context ended. Zero is never a valid value.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ContextOutcome>))]
public enum ContextOutcome : byte
{
    None = 0,

    [JsonStringEnumMemberName("done")]
    Done = 1,

    [JsonStringEnumMemberName("cancelled")]
    Cancelled = 2,

    [JsonStringEnumMemberName("error")]
    Error = 3,

    /// <summary>The client neither pushed nor finished in time.</summary>
    [JsonStringEnumMemberName("expired")]
    Expired = 4,
}
