using TtsGrains.Grains.Interfaces.Tenants;

namespace TtsGrains.Grains.Tenants;

/// <summary>
/// Divides one limit of a tenant between the hosts that use it. What all hosts hold is never more than the limit: a host gets only what no other holds, and a
/// smaller share counts once the host has confirmed it. Hosts that were not heard of for <see cref="ShareLease.Length"/> hold nothing.
/// </summary>
internal sealed class ShareBook(TimeProvider time)
{
    private readonly Dictionary<Guid, Entry> _hosts = [];

    /// <summary>Gives a host its share.</summary>
    /// <param name="host">The process.</param>
    /// <param name="limit">The tenant's limit.</param>
    /// <param name="need">What the host uses, wants and holds.</param>
    /// <returns>How many it may use.</returns>
    public long Grant(Guid host, long limit, in ShareNeed need)
    {
        var now = time.GetUtcNow();
        foreach (var (gone, _) in _hosts.Where(known => known.Value.Until <= now).ToList())
        {
            _hosts.Remove(gone);
        }

        _hosts.Remove(host);
        var free = limit - _hosts.Values.Sum(other => other.Counted);
        var demand = need.Used + need.Wanted;
        var share = ShareOf(limit, demand, [.. _hosts.Values.Select(other => other.Demand)]);
        if (need.Kind is ShareKind.Sockets or ShareKind.Listeners)
        {
            // Of what is open a host asks for more before it refuses, so half is left for a host that comes. A rate is divided whole: a push does not wait.
            share = Math.Min(share, demand + (Math.Max(0, free - demand) / 2));
        }

        // At least one more if there is one: of a small limit no host has a whole share.
        var granted = Math.Max(0, Math.Min(Math.Max(share, need.Used + Math.Min(need.Wanted, 1)), free));
        _hosts[host] = new Entry(Math.Max(granted, Math.Max(need.Held, need.Used)), demand, now + ShareLease.Length);
        return granted;
    }

    /// <summary>Divides a limit: each host gets what it asks for, and an equal part of the rest; if all ask for more than there is, none gets more than another that lacks.</summary>
    /// <param name="limit">The limit.</param>
    /// <param name="demand">What the host asks for.</param>
    /// <param name="others">What the others ask for.</param>
    internal static long ShareOf(long limit, long demand, IReadOnlyList<long> others)
    {
        var rest = limit - demand - others.Sum();
        if (rest >= 0)
        {
            return demand + (rest / (others.Count + 1));
        }

        var (left, hosts) = (limit, others.Count + 1);
        foreach (var other in others.Order())
        {
            if (other > left / hosts || demand <= left / hosts)
            {
                break;
            }

            (left, hosts) = (left - other, hosts - 1);
        }

        return Math.Min(demand, left / hosts);
    }

    private readonly record struct Entry(long Counted, long Demand, DateTimeOffset Until);
}
