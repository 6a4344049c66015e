using System.Text.Json.Serialization;
using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.Archive.Usage;

/// <summary>Usage of one ended context: numbers and names, neither text nor audio.</summary>
/// <param name="Tenant">The tenant's id.</param>
/// <param name="SessionId">The session's id.</param>
/// <param name="ContextId">The context's id.</param>
/// <param name="Ordinal">Its place in the session.</param>
/// <param name="Reference">The caller's reference of the session; null if there is none.</param>
/// <param name="ModelId">The model's id.</param>
/// <param name="Upstream">The last upstream that spoke it; null if none did.</param>
/// <param name="StartedAt">When it was opened. Its UTC date is the day of the record.</param>
/// <param name="FinishedAt">When it ended.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Characters">UTF-16 units that the client pushed.</param>
/// <param name="CharactersSynthesised">UTF-16 units that were sent to upstreams, repeats after a lost socket included.</param>
/// <param name="AudioMs">Audio that the upstreams returned, milliseconds.</param>
/// <param name="ArchivedBytes">Bytes of audio in the archive.</param>
public sealed record UsageRecord(
    string Tenant,
    string SessionId,
    string ContextId,
    int Ordinal,
    string? Reference,
    string ModelId,
    string? Upstream,
    DateTimeOffset StartedAt,
    DateTimeOffset FinishedAt,
    ContextOutcome Outcome,
    long Characters,
    long CharactersSynthesised,
    double AudioMs,
    long ArchivedBytes)
{
    /// <summary>The id of the API key that opened it; absent when that is not known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? KeyId { get; init; }

    /// <summary>UTF-16 units whose audio was written for the client.</summary>
    public long CharactersDelivered { get; init; }

    /// <summary>UTF-16 units that the client reported as played; null if it did not report.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? CharactersHeard { get; init; }

    /// <summary>Time that it waited for places at upstreams, milliseconds.</summary>
    public double SlotWaitMs { get; init; }

    /// <summary>Time from its opening to its first audio, milliseconds; absent if it had none, or had it on another silo.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? FirstAudioMs { get; init; }

    /// <summary>The id of the count that its characters sent are of; a context that moves between processes has one in each. Absent when that is not known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Guid? CountId { get; init; }

    /// <summary>
    /// The id of a part: characters that one process sent for a context that it did not finish. They add to the context's own record. Absent in that.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Guid? PartId { get; init; }

    /// <summary>True if the process did not finish the context. The record of one that did replaces it. Absent otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ProcessEnded { get; init; }

    /// <summary>The day, UTC. It follows from the start, so that a context has one record although it is written by two processes.</summary>
    [JsonIgnore]
    public DateOnly Day => DateOnly.FromDateTime(StartedAt.UtcDateTime);
}

/// <summary>Counts of a context that the archive cannot derive from its segments.</summary>
/// <param name="Characters">UTF-16 units that the client pushed.</param>
/// <param name="CharactersSynthesised">UTF-16 units that were sent to upstreams.</param>
/// <param name="AudioMs">Audio that the upstreams returned, milliseconds.</param>
public sealed record ContextUsage(long Characters, long CharactersSynthesised, double AudioMs)
{
    /// <summary>The id of the count that <see cref="CharactersSynthesised"/> are of; null when that is not known.</summary>
    public Guid? CountId { get; init; }

    /// <summary>UTF-16 units whose audio was written for the client.</summary>
    public long CharactersDelivered { get; init; }

    /// <summary>UTF-16 units that the client reported as played; null if it did not report.</summary>
    public long? CharactersHeard { get; init; }

    /// <summary>Time that it waited for places at upstreams, milliseconds.</summary>
    public double SlotWaitMs { get; init; }

    /// <summary>Time from its opening to its first audio, milliseconds; null if that is not known.</summary>
    public double? FirstAudioMs { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(UsageRecord))]
internal sealed partial class UsageJson : JsonSerializerContext;
