using System.Text.Json.Serialization;

namespace TtsGrains.Grains.Upstreams;

/// <summary>Whether an upstream is used. Zero is never a valid value.</summary>
public enum BreakerState : byte
{
    None = 0,

    /// <summary>It works.</summary>
    [JsonStringEnumMemberName("closed")]
    Closed = 1,

    /// <summary>It failed and is left alone for a while.</summary>
    [JsonStringEnumMemberName("open")]
    Open = 2,

    /// <summary>It may be tried, by one at a time.</summary>
    [JsonStringEnumMemberName("half_open")]
    HalfOpen = 3,
}
