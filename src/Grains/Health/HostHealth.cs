using System.Text.Json;
using System.Text.Json.Serialization;
using TtsGrains.Grains.Upstreams;

namespace TtsGrains.Grains.Health;

/// <summary>What <c>/health/ready</c> says. What a host does not have, it does not mention.</summary>
/// <param name="Ready">Whether contexts can be spoken right now.</param>
public sealed record HostHealth(bool Ready)
{
    /// <summary>Contexts that live here.</summary>
    public int? Contexts { get; init; }

    /// <summary>Places at upstreams that contexts hold here.</summary>
    public int? SlotsTaken { get; init; }

    /// <summary>Contexts that wait for one.</summary>
    public int? ContextsWaiting { get; init; }

    /// <summary>How each upstream is doing.</summary>
    public IReadOnlyList<UpstreamHealth>? Upstreams { get; init; }

    /// <summary>Segments that the archive's store has not confirmed.</summary>
    public long? ArchiveSegmentsWaiting { get; init; }

    /// <summary>The memory that they hold, bytes.</summary>
    public long? ArchiveBytesWaiting { get; init; }

    /// <summary>Audio on disk that the archive's store has not confirmed, bytes.</summary>
    public long? ArchiveSpoolBytes { get; init; }

    /// <summary>How long the oldest of it has waited, s.</summary>
    public double? ArchiveOldestSeconds { get; init; }

    /// <summary>Whether the store refused what it was given last. Contexts can be spoken all the same.</summary>
    public bool? ArchiveStoreFailing { get; init; }

    /// <summary>Segments that the archive gave up since start.</summary>
    public long? ArchiveSegmentsLost { get; init; }

    /// <summary>Silos that a client of the cluster is connected to.</summary>
    public int? Gateways { get; init; }

    /// <summary>What a host that has not started waits for.</summary>
    public string? WaitingFor { get; init; }

    /// <summary>As <c>/health/ready</c> sends it.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, HealthJson.Default.HostHealth);
}

[JsonSerializable(typeof(HostHealth))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class HealthJson : JsonSerializerContext;
