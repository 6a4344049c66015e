using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.Archive.Usage;

/// <summary>A context whose sent characters are counted while it is open: what its records need, neither text nor audio.</summary>
/// <param name="Id">The id of this count; a context that moves between processes has one in each.</param>
/// <param name="Tenant">The tenant's id.</param>
/// <param name="Session">The session's id.</param>
/// <param name="Context">The context's id.</param>
/// <param name="Model">The model's id.</param>
/// <param name="Reference">The caller's reference of the session; null if there is none.</param>
/// <param name="KeyId">The id of the API key that opened it; null when that is not known.</param>
/// <param name="StartedAt">When the context was opened.</param>
public sealed record SentContext(
    Guid Id, string Tenant, string Session, string Context, string Model, string? Reference, string? KeyId, DateTimeOffset StartedAt)
{
    internal bool IsOf(Writing.ContextIdentity identity)
        => Tenant == identity.Tenant && Session == identity.Session && Context == identity.Context && StartedAt == identity.CreatedAt;

    /// <summary>The characters that a process sent for a context that it did not finish. They add to the context's own record.</summary>
    internal UsageRecord ToPart(SentNumbers numbers, DateTimeOffset now) => ToRecord(numbers, now) with
    {
        CharactersSynthesised = numbers.Sent,
        PartId = Id,
    };

    /// <summary>The record of a context that no process finished; one that another process continued has its own, which replaces this.</summary>
    internal UsageRecord ToUnfinished(SentNumbers numbers, DateTimeOffset now) => ToRecord(numbers, now) with { Characters = numbers.Pushed };

    private UsageRecord ToRecord(SentNumbers numbers, DateTimeOffset now)
        => new(Tenant, Session, Context, numbers.Ordinal, Reference, Model, numbers.Upstream, StartedAt, now, ContextOutcome.Error, 0, 0, 0, 0) { KeyId = KeyId, ProcessEnded = true };
}

/// <summary>What a count holds.</summary>
/// <param name="Sent">UTF-16 units that were sent to upstreams.</param>
/// <param name="Pushed">UTF-16 units that the client pushed.</param>
/// <param name="Ordinal">The context's place in its session; negative if it was not known.</param>
/// <param name="Upstream">The last upstream; null if there was none.</param>
internal readonly record struct SentNumbers(long Sent, long Pushed, int Ordinal, string? Upstream);

[JsonSerializable(typeof(SentContext))]
internal sealed partial class SentJson : JsonSerializerContext
{
    // Ids are ASCII and mostly written as they are: a count has little room.
    public static SentJson Compact { get; } = new(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
