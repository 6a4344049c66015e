using System.Collections.Immutable;

namespace TtsGrains.Grains.Interfaces.Sessions;

/// <summary>
/// The live sessions of one tenant (key: the tenant's id), as the hosts of their clients report them. The directory may lag behind by a moment:
/// <see cref="ISessionGrain"/> decides whether a session is live.
/// </summary>
[Alias("tts.ISessionDirectoryGrain")]
public interface ISessionDirectoryGrain : IGrainWithStringKey
{
    /// <summary>Adds and removes sessions of one host.</summary>
    [Alias("report")]
    Task ReportAsync(string host, ImmutableArray<LiveSession> added, ImmutableArray<string> removed);

    /// <summary>Replaces all sessions of one host. A host that does not call this within <see cref="SessionLease.Length"/> counts as gone.</summary>
    [Alias("renew")]
    Task RenewAsync(string host, ImmutableArray<LiveSession> sessions);

    /// <summary>Lists sessions, the newest first.</summary>
    [Alias("list")]
    Task<ImmutableArray<LiveSession>> ListAsync(LiveSessionQuery query);

    /// <summary>Returns those of the given session ids that are listed.</summary>
    [Alias("find")]
    Task<ImmutableArray<string>> FindAsync(ImmutableArray<string> sessions);

    /// <summary>Returns how many clients of the session are connected to hosts.</summary>
    [Alias("countClients")]
    Task<int> CountClientsAsync(string session);
}

/// <summary>One live session.</summary>
/// <param name="Session">The session's id.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="Reference">The caller's reference; null when it gave none.</param>
[GenerateSerializer, Immutable, Alias("tts.LiveSession")]
public sealed record LiveSession([property: Id(0)] string Session, [property: Id(1)] DateTimeOffset StartedAt, [property: Id(2)] string? Reference)
{
    /// <summary>How many clients are connected to the host that reports this; 0 for a request that speaks, and when the last client is gone but may come back.</summary>
    [Id(3)]
    public int Clients { get; init; } = 1;
}

/// <summary>Selects live sessions.</summary>
/// <param name="Day">The day of the listing, UTC; null lists the sessions of all days.</param>
/// <param name="IsToday">True if sessions that began before that day belong to it: they are still live.</param>
/// <param name="Reference">The caller's reference; null for any.</param>
/// <param name="After">The listing name behind which to begin; null for the first page.</param>
/// <param name="Limit">The most sessions.</param>
[GenerateSerializer, Immutable, Alias("tts.LiveSessionQuery")]
public sealed record LiveSessionQuery(
    [property: Id(0)] DateOnly? Day,
    [property: Id(1)] bool IsToday,
    [property: Id(2)] string? Reference,
    [property: Id(3)] string? After,
    [property: Id(4)] int Limit);
