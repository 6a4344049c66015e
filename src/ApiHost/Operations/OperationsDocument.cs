using System.Text.Json.Serialization;
using TtsGrains.ApiHost.Tenants;

namespace TtsGrains.ApiHost.Operations;

/// <summary>The cluster as an operator sees it, and the numbers of the tenant that asks.</summary>
/// <param name="At">When this was.</param>
/// <param name="Tenant">The tenant that asks: all errors and open counts here are its own.</param>
/// <param name="Limits">What it may do.</param>
/// <param name="Open">What it has open on all hosts.</param>
/// <param name="Upstreams">The upstreams that it uses.</param>
/// <param name="Hosts">The hosts of the cluster.</param>
/// <param name="Archive">What all silos have to write.</param>
/// <param name="Errors">The tenant's recent errors, the newest first.</param>
internal sealed record OperationsDocument(
    DateTimeOffset At,
    string Tenant,
    TenantLimitsDocument Limits,
    TenantOpenDocument Open,
    IReadOnlyList<UpstreamDocument> Upstreams,
    IReadOnlyList<HostDocument> Hosts,
    ArchiveDocument Archive,
    IReadOnlyList<ErrorEntry> Errors)
{
    /// <summary>What it used of its characters per month; null if it has no such limit.</summary>
    public TenantMonthDocument? Month { get; init; }
}

/// <summary>An upstream, over all silos.</summary>
/// <param name="Name">The configured name.</param>
/// <param name="Breaker"><c>closed</c> if every silo uses it, <c>open</c> if none does, else <c>half_open</c>.</param>
/// <param name="Sockets">Sockets to it.</param>
/// <param name="SlotsTaken">Contexts that speak there.</param>
/// <param name="MaxContexts">Its leases; null if there is no limit.</param>
/// <param name="LeasesHeld">Leases in use.</param>
/// <param name="LeasesPending">Contexts that wait for one.</param>
/// <param name="Faults">Why silos could not dial it the last time, by host.</param>
internal sealed record UpstreamDocument(
    string Name, string Breaker, int Sockets, int SlotsTaken, int? MaxContexts, int LeasesHeld, int LeasesPending, IReadOnlyDictionary<string, string> Faults);

/// <summary>A host.</summary>
/// <param name="Host">Its name.</param>
/// <param name="Roles"><c>silo</c>, <c>api</c> or both.</param>
/// <param name="StartedAt">When it started.</param>
/// <param name="Ready">Whether contexts can be spoken through it.</param>
/// <param name="SecondsSinceReport">How long ago it reported; it does every 2 s.</param>
/// <param name="Contexts">Contexts that live on it; null if it hosts no grains.</param>
/// <param name="ContextsWaiting">Contexts that wait for a slot; null if it hosts no grains.</param>
/// <param name="Archive">What it has to write; null if it hosts no grains.</param>
/// <param name="Dashboard">The address of its Orleans Dashboard; null if that is off.</param>
internal sealed record HostDocument(
    string Host,
    IReadOnlyList<string> Roles,
    DateTimeOffset StartedAt,
    bool Ready,
    double SecondsSinceReport,
    int? Contexts,
    int? ContextsWaiting,
    ArchiveDocument? Archive,
    string? Dashboard);

/// <summary>What waits for the archive's store.</summary>
/// <param name="SegmentsWaiting">Segments that the store has not confirmed.</param>
/// <param name="BytesWaiting">The memory that they hold, bytes.</param>
/// <param name="SpoolBytes">Audio on disk that the store has not confirmed, bytes.</param>
/// <param name="OldestSeconds">How long the oldest has waited, s.</param>
/// <param name="StoreFailing">Whether the store refused what it was given last.</param>
/// <param name="SegmentsLost">Segments that were given up since the silos started.</param>
internal sealed record ArchiveDocument(long SegmentsWaiting, long BytesWaiting, long SpoolBytes, double OldestSeconds, bool StoreFailing, long SegmentsLost);

/// <summary>An error that a client of the tenant got.</summary>
/// <param name="At">When.</param>
/// <param name="Host">The host that answered.</param>
/// <param name="Status">The HTTP-like status.</param>
/// <param name="ErrorCode">The code; null where there is none.</param>
/// <param name="RequestId">Finds the log entry.</param>
/// <param name="SessionId">The session; null if it was about none.</param>
/// <param name="ContextId">The context; null if it was about none.</param>
/// <param name="TraceId">The trace; null if there is none.</param>
internal sealed record ErrorEntry(
    DateTimeOffset At, string Host, int Status, string? ErrorCode, string RequestId, string? SessionId, string? ContextId, string? TraceId);

[JsonSerializable(typeof(OperationsDocument))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class OperationsJson : JsonSerializerContext;
