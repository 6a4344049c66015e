using System.Collections.Immutable;
using System.Threading.Channels;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>
/// The sessions whose clients are connected to this host, or were a moment ago. It reports them to the directories of their tenants, off the path of
/// speech: one call per tenant at a time, with all changes since the call before.
/// </summary>
internal sealed partial class LiveSessions(IGrainFactory grains, TimeProvider time, ILogger<LiveSessions> logger) : BackgroundService
{
    private readonly string _host = Guid.NewGuid().ToString("N");
    private readonly Lock _gate = new();
    private readonly Dictionary<SessionKey, Entry> _entries = [];
    private readonly HashSet<SessionKey> _changed = [];
    private readonly Channel<bool> _news = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Lists a session until <see cref="Leave"/> is called as often as this.</summary>
    public void Enter(SessionKey key, LiveSession session)
    {
        if (key.Tenant == ContextKey.WarmUpTenant)
        {
            return;
        }

        lock (_gate)
        {
            if (!_entries.TryGetValue(key, out var entry))
            {
                _entries.Add(key, entry = new Entry());
            }

            entry.Users++;
            entry.Clients += session.Clients;
            entry.Session = entry.Session is { } known && known.StartedAt < session.StartedAt ? known with { Reference = session.Reference ?? known.Reference } : session;
            _changed.Add(key);
        }

        _news.Writer.TryWrite(true);
    }

    /// <summary>A client of the session is gone, or a request that spoke in it has ended.</summary>
    /// <param name="key">The session.</param>
    /// <param name="clients">1 for a client, 0 for a request.</param>
    /// <param name="isLive">True if the session may still be live: then it stays listed until its grain says otherwise.</param>
    public void Leave(SessionKey key, int clients, bool isLive)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(key, out var entry))
            {
                return;
            }

            entry.Users--;
            entry.Clients -= clients;
            _changed.Add(key);
            if (entry.Users == 0 && !isLive)
            {
                Remove(key);
            }
        }

        _news.Writer.TryWrite(true);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(SessionLease.Renewal, time);
        var tick = timer.WaitForNextTickAsync(stoppingToken).AsTask();
        var news = _news.Reader.WaitToReadAsync(stoppingToken).AsTask();
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.WhenAny(tick, news);
            if (stoppingToken.IsCancellationRequested)
            {
                return;
            }

            if (tick.IsCompleted)
            {
                tick = timer.WaitForNextTickAsync(stoppingToken).AsTask();
                await TryAsync(RenewAsync, stoppingToken);
            }

            if (news.IsCompleted)
            {
                _news.Reader.TryRead(out _);
                await TryAsync(ReportAsync, stoppingToken);
                news = _news.Reader.WaitToReadAsync(stoppingToken).AsTask();
            }
        }
    }

    private async Task ReportAsync()
    {
        List<(SessionKey Key, LiveSession? Session)> changes;
        lock (_gate)
        {
            changes = [.. _changed.Select(key => (key, _entries.GetValueOrDefault(key)?.Report()))];
            _changed.Clear();
        }

        await Task.WhenAll(changes.GroupBy(change => change.Key.Tenant).Select(tenant => DirectoryOf(tenant.Key).ReportAsync(
            _host,
            [.. tenant.Select(change => change.Session).OfType<LiveSession>()],
            [.. tenant.Where(change => change.Session is null).Select(change => change.Key.Session)])));
    }

    private async Task RenewAsync()
    {
        await RemoveEndedAsync();
        List<(string Tenant, ImmutableArray<LiveSession> Sessions)> tenants;
        lock (_gate)
        {
            tenants = [.. _entries.GroupBy(entry => entry.Key.Tenant).Select(tenant => (tenant.Key, tenant.Select(entry => entry.Value.Report()).ToImmutableArray()))];
        }

        await Task.WhenAll(tenants.Select(tenant => DirectoryOf(tenant.Tenant).RenewAsync(_host, tenant.Sessions)));
    }

    // The session of a lost client ends without a message.
    private async Task RemoveEndedAsync()
    {
        List<SessionKey> left;
        lock (_gate)
        {
            left = [.. _entries.Where(entry => entry.Value.Users == 0).Select(entry => entry.Key)];
        }

        foreach (var key in left)
        {
            var view = await grains.GetGrain<ISessionGrain>(key.ToString()).GetAsync();
            lock (_gate)
            {
                if (!view.IsLive && _entries.GetValueOrDefault(key) is { Users: 0 })
                {
                    Remove(key);
                    _news.Writer.TryWrite(true);
                }
            }
        }
    }

    private void Remove(SessionKey key)
    {
        _entries.Remove(key);
        _changed.Add(key);
    }

    private ISessionDirectoryGrain DirectoryOf(string tenant) => grains.GetGrain<ISessionDirectoryGrain>(tenant);

    private async Task TryAsync(Func<Task> report, CancellationToken stoppingToken)
    {
        try
        {
            await report();
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            // The next renewal reports all of them.
            LogNotReported(logger, e.Message);
        }
        catch (Exception)
        {
            // The directory forgets a host that has stopped.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The live sessions of this host could not be reported; listings may lack them for 10 s: {Reason}")]
    private static partial void LogNotReported(ILogger logger, string reason);

    private sealed class Entry
    {
        // Clients and requests.
        public int Users { get; set; }

        public int Clients { get; set; }

        public LiveSession? Session { get; set; }

        public LiveSession Report() => Session! with { Clients = Clients };
    }
}
