using System.Collections.Concurrent;
using TtsGrains.Grains.Clustering;
using TtsGrains.Grains.Interfaces.Tenants;

namespace TtsGrains.ApiHost.Tenants;

/// <summary>
/// This host's shares of the limits of its tenants. In a cluster they are renewed once a second, and asked for when one is used up; nothing waits for that but the
/// first request of a tenant, and a socket or listener beyond the share. A single process has all of each limit.
/// </summary>
internal sealed partial class TenantShares(ClusterSettings cluster, IGrainFactory grains, TimeProvider time, ILogger<TenantShares> logger) : BackgroundService
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, HostShares> _tenants = new(StringComparer.Ordinal);
    private readonly Guid _host = Guid.NewGuid();

    /// <summary>True if limits are divided between hosts.</summary>
    public bool IsShared => cluster.Mode != ClusterMode.Single;

    /// <summary>Asks for the shares of limits that this host does not hold.</summary>
    public async ValueTask PrepareAsync(string tenant, params (ShareKind Kind, long? Limit)[] limits)
    {
        var shares = SharesOf(tenant);
        var isMissing = false;
        foreach (var (kind, limit) in limits)
        {
            isMissing |= limit is { } most && !shares.Use(kind, most).IsHeld;
        }

        if (isMissing)
        {
            await AskAsync(tenant, shares);
        }
    }

    /// <summary>Counts against a share. When it is used up, more is asked for in the background.</summary>
    public bool TryCount(string tenant, ShareKind kind, long limit, long count)
    {
        var shares = SharesOf(tenant);
        if (shares.Use(kind, limit).TryCount(count))
        {
            return true;
        }

        if (!shares.IsAsking)
        {
            _ = AskAsync(tenant, shares);
        }

        return false;
    }

    /// <summary>Counts one more that is open; asks for more before it refuses. A host that cannot ask does not refuse: its own count has a limit too.</summary>
    public async ValueTask<bool> TryEnterAsync(string tenant, ShareKind kind, long limit)
    {
        var shares = SharesOf(tenant);
        if (shares.Use(kind, limit).TryCount(1))
        {
            return true;
        }

        var isAnswered = await AskAsync(tenant, shares);
        if (shares.Use(kind, limit).TryCount(1))
        {
            return true;
        }

        if (!isAnswered)
        {
            shares.Use(kind, limit).Count();
        }

        return !isAnswered;
    }

    /// <summary>Something is not open any more.</summary>
    public void Leave(string tenant, ShareKind kind) => SharesOf(tenant).Leave(kind);

    /// <summary>Renews the shares that are in use.</summary>
    public Task RenewAsync() => Task.WhenAll(_tenants.Where(tenant => tenant.Value.IsUsed).Select(tenant => AskAsync(tenant.Key, tenant.Value)));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!IsShared)
        {
            return;
        }

        using var timer = new PeriodicTimer(ShareLease.Renewal, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await RenewAsync();
        }
    }

    private HostShares SharesOf(string tenant) => _tenants.GetOrAdd(tenant, _ => new HostShares(time));

    /// <returns>False if there was no answer.</returns>
    private async Task<bool> AskAsync(string tenant, HostShares shares)
    {
        var arrivedAt = time.GetTimestamp();
        await shares.Asking.WaitAsync();
        var calledAt = time.GetTimestamp();
        try
        {
            // Of many who come while there is no answer, not each waits for a call of its own.
            if (shares.FailedAt >= arrivedAt)
            {
                return false;
            }

            var needs = shares.Needs();
            if (!needs.IsEmpty)
            {
                shares.Take(needs, await grains.GetGrain<ITenantGrain>(tenant).ShareAsync(_host, needs).WaitAsync(AnswerTimeout, time), calledAt);
            }

            shares.FailedAt = null;
            return true;
        }
        catch (Exception e)
        {
            shares.FailedAt = calledAt;
            LogNotShared(logger, tenant, e.Message);
            return false;
        }
        finally
        {
            shares.Asking.Release();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The shares of tenant {Tenant} could not be renewed: {Reason}")]
    private static partial void LogNotShared(ILogger logger, string tenant, string reason);
}
