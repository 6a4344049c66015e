using System.Collections.Immutable;

namespace TtsGrains.Grains.Interfaces.Operations;

/// <summary>One host as it reports itself.</summary>
/// <param name="Host">Its name; that of a process which takes its place is the same.</param>
/// <param name="At">When it reported.</param>
/// <param name="StartedAt">When it started.</param>
/// <param name="IsReady">True if contexts can be spoken through it.</param>
[GenerateSerializer, Immutable, Alias("tts.HostReport")]
public sealed record HostReport(
    [property: Id(0)] string Host, [property: Id(1)] DateTimeOffset At, [property: Id(2)] DateTimeOffset StartedAt, [property: Id(3)] bool IsReady)
{
    /// <summary>Its silo; null if it hosts no grains.</summary>
    [Id(4)]
    public SiloReport? Silo { get; init; }

    /// <summary>True if it serves clients.</summary>
    [Id(5)]
    public bool ServesClients { get; init; }

    /// <summary>What each tenant has open on it.</summary>
    [Id(6)]
    public ImmutableArray<TenantReport> Tenants { get; init; } = [];

    /// <summary>Its recent errors, the newest last.</summary>
    [Id(7)]
    public ImmutableArray<ErrorReport> Errors { get; init; } = [];

    /// <summary>The address of its Orleans Dashboard; null if that is off.</summary>
    [Id(8)]
    public string? Dashboard { get; init; }
}

/// <summary>The silo of a host.</summary>
/// <param name="Contexts">Contexts that live on it.</param>
/// <param name="ContextsWaiting">Contexts that wait for a slot.</param>
/// <param name="Upstreams">The upstreams as it has them.</param>
/// <param name="Archive">What its archive has to write.</param>
[GenerateSerializer, Immutable, Alias("tts.SiloReport")]
public sealed record SiloReport(
    [property: Id(0)] int Contexts, [property: Id(1)] int ContextsWaiting, [property: Id(2)] ImmutableArray<UpstreamReport> Upstreams, [property: Id(3)] ArchiveReport Archive);

/// <summary>One upstream as a silo has it.</summary>
/// <param name="Name">The configured name.</param>
/// <param name="Breaker">The state of its breaker, as in <c>/health/ready</c>.</param>
/// <param name="Sockets">Sockets that can be used.</param>
/// <param name="SlotsTaken">Contexts that speak there.</param>
/// <param name="MaxContexts">The leases of the whole cluster; null if there is no limit.</param>
/// <param name="LeasesHeld">Leases in use, and those kept for contexts that wait.</param>
/// <param name="LeasesPending">Contexts that wait for one.</param>
/// <param name="Fault">Why it could not be dialled the last time; null if it could.</param>
[GenerateSerializer, Immutable, Alias("tts.UpstreamReport")]
public sealed record UpstreamReport(
    [property: Id(0)] string Name,
    [property: Id(1)] string Breaker,
    [property: Id(2)] int Sockets,
    [property: Id(3)] int SlotsTaken,
    [property: Id(4)] int? MaxContexts,
    [property: Id(5)] int LeasesHeld,
    [property: Id(6)] int LeasesPending,
    [property: Id(7)] string? Fault);

/// <summary>What the archive of a silo has to write.</summary>
/// <param name="SegmentsWaiting">Segments that the store has not confirmed.</param>
/// <param name="BytesWaiting">The memory that they hold, bytes.</param>
/// <param name="SpoolBytes">Audio on disk that the store has not confirmed, bytes.</param>
/// <param name="OldestSeconds">How long the oldest of it has waited, s.</param>
/// <param name="StoreFailing">True if the store refused what it was given last.</param>
/// <param name="SegmentsLost">Segments that were given up since start.</param>
[GenerateSerializer, Immutable, Alias("tts.ArchiveReport")]
public sealed record ArchiveReport(
    [property: Id(0)] long SegmentsWaiting,
    [property: Id(1)] long BytesWaiting,
    [property: Id(2)] long SpoolBytes,
    [property: Id(3)] double OldestSeconds,
    [property: Id(4)] bool StoreFailing,
    [property: Id(5)] long SegmentsLost);

/// <summary>What a tenant has open on a host.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Sockets">Client sockets.</param>
/// <param name="Listeners">Listeners.</param>
[GenerateSerializer, Immutable, Alias("tts.TenantReport")]
public sealed record TenantReport([property: Id(0)] string Tenant, [property: Id(1)] int Sockets, [property: Id(2)] int Listeners);

/// <summary>An error that a tenant's client got: ids and codes, never text.</summary>
/// <param name="At">When.</param>
/// <param name="Tenant">Whose client.</param>
/// <param name="StatusCode">The HTTP-like status.</param>
/// <param name="Code">The machine-readable code; null where there is none.</param>
/// <param name="RequestId">Finds the log entry.</param>
/// <param name="Session">The session; null if it was about none.</param>
/// <param name="Context">The context; null if it was about none.</param>
/// <param name="TraceId">The trace; null if there is none.</param>
[GenerateSerializer, Immutable, Alias("tts.ErrorReport")]
public sealed record ErrorReport(
    [property: Id(0)] DateTimeOffset At,
    [property: Id(1)] string Tenant,
    [property: Id(2)] int StatusCode,
    [property: Id(3)] string? Code,
    [property: Id(4)] string RequestId,
    [property: Id(5)] string? Session,
    [property: Id(6)] string? Context,
    [property: Id(7)] string? TraceId);
