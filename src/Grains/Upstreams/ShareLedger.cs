using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.Grains.Upstreams;

/// <summary>
/// The rules of who gets the next lease of an upstream. First who has less than is reserved for it, then who has less than its share by weight, then
/// everyone, up to its burst. What is reserved and not in use stays free. A tenant's share is the upstream's limit times its weight, over the weights
/// of all that have or want contexts. Not thread-safe.
/// </summary>
internal sealed class ShareLedger
{
    private readonly int _most;
    private readonly ITenantShares _shares;
    private readonly Dictionary<string, int> _taken;
    private readonly long _weights;
    private int _free;
    private int _unusedReserve;

    /// <param name="most">How many leases there are; 0 for no limit.</param>
    /// <param name="all">How many are taken, also those that no tenant is known of.</param>
    /// <param name="taken">How many each tenant has. Taken over.</param>
    /// <param name="waiting">The tenants that want one.</param>
    /// <param name="shares">The shares.</param>
    public ShareLedger(int most, int all, Dictionary<string, int> taken, IEnumerable<string> waiting, ITenantShares shares)
    {
        (_most, _shares, _taken) = (most, shares, taken);
        _free = most == 0 ? int.MaxValue : most - all;
        _weights = taken.Where(tenant => tenant.Value > 0).Select(tenant => tenant.Key).Union(waiting).Sum(tenant => (long)shares.Of(tenant).Weight);
        _unusedReserve = most == 0 ? 0 : shares.Reserving.Sum(tenant => UnusedReserve(shares.Of(tenant), TakenBy(tenant)));
    }

    /// <summary>True if no lease is left.</summary>
    public bool IsFull => _free <= 0;

    /// <summary>Ranks a tenant.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="priority">The class of the context that it would have the lease for.</param>
    /// <returns>Null if it can have none now.</returns>
    public ShareRank? RankOf(string tenant, PriorityClass priority)
    {
        var (share, taken) = (_shares.Of(tenant), TakenBy(tenant));
        var use = (double)taken / share.Weight;
        if (IsFull || taken >= share.Burst)
        {
            return null;
        }

        if (taken < share.Reserved)
        {
            return new ShareRank(SharePart.Reserved, PriorityClass.None, use);
        }

        return _free <= _unusedReserve ? null
            : _most == 0 || taken * _weights < (long)_most * share.Weight ? new ShareRank(SharePart.Own, PriorityClass.None, use)
            : new ShareRank(SharePart.Free, priority, use);
    }

    /// <summary>Counts a lease that a tenant gets.</summary>
    public void Take(string tenant)
    {
        var (share, taken) = (_shares.Of(tenant), TakenBy(tenant));
        _taken[tenant] = taken + 1;
        _free--;
        _unusedReserve -= UnusedReserve(share, taken) - UnusedReserve(share, taken + 1);
    }

    private int TakenBy(string tenant) => _taken.GetValueOrDefault(tenant);

    private static int UnusedReserve(TenantShare share, int taken) => Math.Max(0, Math.Min(share.Reserved, share.Burst) - taken);
}
