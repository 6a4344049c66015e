using System.Text.Json.Serialization;

namespace TtsGrains.Grains.Upstreams;

/// <summary>How an upstream is doing, as this process sees it.</summary>
/// <param name="Name">The configured name.</param>
/// <param name="State">Whether contexts are given to it.</param>
/// <param name="Sockets">Sockets to it that can be used.</param>
/// <param name="SlotsTaken">Contexts that speak there.</param>
/// <param name="Fault">Why it could not be dialled the last time, and the setting that is wrong; null when it could.</param>
public sealed record UpstreamHealth(
    string Name, [property: JsonConverter(typeof(JsonStringEnumConverter<BreakerState>))] BreakerState State, int Sockets, int SlotsTaken, string? Fault);
