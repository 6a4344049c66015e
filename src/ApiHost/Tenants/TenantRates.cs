using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using TtsGrains.Grains.Interfaces.Tenants;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Tenants;

/// <summary>Limits how often each tenant does something on this host, how much in a month, and how much in the archive. A change of a tenant's limit begins a new count.</summary>
internal sealed class TenantRates(IOptionsMonitor<TenantOptions> tenants, MonthlyCharacters month, ArchiveQuota archive, TenantShares shares) : IDisposable
{
    private const int SegmentsPerWindow = 6;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly PartitionedRateLimiter<Rate> _limiter = PartitionedRateLimiter.Create<Rate, Rate>(rate => RateLimitPartition.GetSlidingWindowLimiter(
        rate,
        static limited => new SlidingWindowRateLimiterOptions
        {
            PermitLimit = limited.Limit,
            Window = limited.Window,
            SegmentsPerWindow = SegmentsPerWindow,
            QueueLimit = 0,
        }));

    /// <summary>Completes when it is known what the tenant may do on this host; at once if it is.</summary>
    public async ValueTask PrepareAsync(string tenant)
    {
        await month.PrepareAsync(tenant);
        await archive.PrepareAsync(tenant);
        if (shares.IsShared)
        {
            var options = tenants.Get(tenant);
            await shares.PrepareAsync(tenant, (ShareKind.Contexts, options.MaxContextsPerSecond), (ShareKind.Characters, options.MaxCharactersPerMinute));
        }
    }

    /// <summary>Counts a context that is to be opened.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="isArchived">Whether it is archived.</param>
    /// <returns>Null, or the error if there were too many, or there is no room in the archive.</returns>
    public ProtocolError? CountContext(string tenant, bool isArchived)
        => (isArchived ? CheckArchive(tenant) : null) ?? CountOpened(tenant);

    /// <summary>Checks whether there is room in the tenant's archive.</summary>
    /// <returns>Null, or the error if there is none.</returns>
    public ProtocolError? CheckArchive(string tenant) => archive.Check(tenant);

    /// <summary>Counts the characters of a push.</summary>
    /// <returns>As of <see cref="CountContext"/>.</returns>
    public ProtocolError? CountCharacters(string tenant, int characters)
        => tenants.Get(tenant).MaxCharactersPerMinute is { } limit && !TryCount(new Rate(RateKind.Characters, tenant, limit, Minute), characters)
            ? ErrorCatalogue.TooFast($"{limit} characters a minute", Minute / SegmentsPerWindow)
            : month.Count(tenant, characters);

    /// <summary>Counts an access token that is to be created.</summary>
    /// <returns>As of <see cref="CountContext"/>.</returns>
    public ProtocolError? CountToken(string tenant)
    {
        var limit = tenants.Get(tenant).MaxTokensPerMinute;
        return TryCount(new Rate(RateKind.Tokens, tenant, limit, Minute), 1) ? null : ErrorCatalogue.TooFast($"{limit} access tokens a minute", Minute / SegmentsPerWindow);
    }

    public void Dispose() => _limiter.Dispose();

    private ProtocolError? CountOpened(string tenant)
        => tenants.Get(tenant).MaxContextsPerSecond is { } limit && !TryCount(new Rate(RateKind.Contexts, tenant, limit, Second), 1)
            ? ErrorCatalogue.TooFast($"{limit} contexts a second", Second)
            : null;

    private bool TryCount(Rate rate, int count)
    {
        if (count == 0 || count > rate.Limit)
        {
            return count == 0;
        }

        if (shares.IsShared && rate.Kind is (RateKind.Contexts or RateKind.Characters))
        {
            return shares.TryCount(rate.Tenant, rate.Kind == RateKind.Contexts ? ShareKind.Contexts : ShareKind.Characters, rate.Limit, count);
        }

        using var lease = _limiter.AttemptAcquire(rate, count);
        return lease.IsAcquired;
    }

    private enum RateKind : byte
    {
        None = 0,
        Contexts = 1,
        Characters = 2,
        Tokens = 3,
    }

    private readonly record struct Rate(RateKind Kind, string Tenant, int Limit, TimeSpan Window);
}
