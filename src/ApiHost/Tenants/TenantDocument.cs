using System.Text.Json.Serialization;

namespace TtsGrains.ApiHost.Tenants;

/// <summary>A tenant as it sees itself.</summary>
/// <param name="Tenant">Its id.</param>
/// <param name="Keys">Its keys.</param>
/// <param name="Limits">What it may do.</param>
/// <param name="Open">What it has open.</param>
internal sealed record TenantDocument(string Tenant, IReadOnlyList<TenantKeyDocument> Keys, TenantLimitsDocument Limits, TenantOpenDocument Open)
{
    /// <summary>What it used of its characters per month; null if it has no such limit.</summary>
    public TenantMonthDocument? Month { get; init; }

    /// <summary>What its sessions have in the archive; null if it has no limit of that.</summary>
    public TenantArchiveDocument? Archive { get; init; }
}

/// <summary>The size of a tenant's archive.</summary>
/// <param name="Bytes">Bytes, about; null until they were counted.</param>
/// <param name="IsAlarm">True if the part was reached at which the log warns.</param>
internal sealed record TenantArchiveDocument(long? Bytes, bool IsAlarm);

/// <summary>The use of a month.</summary>
/// <param name="Characters">Characters that were pushed.</param>
/// <param name="IsAlarm">True if the part was reached at which the log warns.</param>
/// <param name="ResetsAt">When the next month begins.</param>
internal sealed record TenantMonthDocument(long Characters, bool IsAlarm, DateTimeOffset ResetsAt);

/// <summary>A key, without the key itself.</summary>
/// <param name="Id">The beginning of its SHA-256.</param>
/// <param name="Name">What the tenant calls it.</param>
/// <param name="Scopes">What it allows.</param>
/// <param name="ExpiresAt">When it ends; null if it does not.</param>
internal sealed record TenantKeyDocument(string Id, string? Name, IReadOnlyList<string> Scopes, DateTimeOffset? ExpiresAt)
{
    /// <summary>Describes a key.</summary>
    public static TenantKeyDocument Of(ApiKey key) => new(key.Id, key.Name, [.. ScopeNames.Of(key.Scopes)], key.ExpiresAt);
}

/// <summary>Limits; null is none.</summary>
/// <param name="MaxOpenContexts">Open contexts.</param>
/// <param name="MaxSockets">Client sockets.</param>
/// <param name="MaxListeners">Listeners.</param>
/// <param name="MaxContextsPerSecond">Contexts opened in a second.</param>
/// <param name="MaxCharactersPerMinute">Characters spoken in a minute.</param>
/// <param name="MaxCharactersPerMonth">Characters spoken in a month.</param>
/// <param name="MaxTokensPerMinute">Access tokens created in a minute on one host.</param>
/// <param name="MaxArchiveBytes">Bytes in the archive.</param>
/// <param name="RetentionDays">Days that sessions are archived.</param>
/// <param name="Weight">Its part of an upstream that is full.</param>
/// <param name="ReservedContexts">Contexts of an upstream kept for it.</param>
/// <param name="BurstContexts">Contexts at an upstream while others want none.</param>
internal sealed record TenantLimitsDocument(
    int MaxOpenContexts,
    int MaxSockets,
    int MaxListeners,
    int? MaxContextsPerSecond,
    int? MaxCharactersPerMinute,
    long? MaxCharactersPerMonth,
    int MaxTokensPerMinute,
    long? MaxArchiveBytes,
    int? RetentionDays,
    int Weight,
    int ReservedContexts,
    int? BurstContexts);

/// <summary>What is open now.</summary>
/// <param name="Contexts">Contexts.</param>
/// <param name="Sockets">Client sockets on this host.</param>
/// <param name="Listeners">Listeners on this host.</param>
internal sealed record TenantOpenDocument(int Contexts, int Sockets, int Listeners);

[JsonSerializable(typeof(TenantDocument))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class TenantJson : JsonSerializerContext;
