using System.Collections.Immutable;
using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.Grains.Sessions;

/// <summary>Holds the live sessions of one tenant in memory: after a move to another silo the hosts report them again.</summary>
internal sealed class SessionDirectoryGrain(TimeProvider time) : Grain, ISessionDirectoryGrain
{
    private readonly LiveSessionIndex _index = new();

    public Task ReportAsync(string host, ImmutableArray<LiveSession> added, ImmutableArray<string> removed)
    {
        _index.Report(host, added, removed, Lease());
        return Task.CompletedTask;
    }

    public Task RenewAsync(string host, ImmutableArray<LiveSession> sessions)
    {
        _index.Renew(host, sessions, Lease());
        return Task.CompletedTask;
    }

    public Task<ImmutableArray<LiveSession>> ListAsync(LiveSessionQuery query) => Task.FromResult(_index.List(query, time.GetUtcNow()));

    public Task<ImmutableArray<string>> FindAsync(ImmutableArray<string> sessions) => Task.FromResult(_index.Find(sessions, time.GetUtcNow()));

    public Task<int> CountClientsAsync(string session) => Task.FromResult(_index.CountClients(session, time.GetUtcNow()));

    private DateTimeOffset Lease() => time.GetUtcNow() + SessionLease.Length;
}
