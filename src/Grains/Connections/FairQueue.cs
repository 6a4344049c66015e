using System.Diagnostics.CodeAnalysis;

namespace TtsGrains.Grains.Connections;

/// <summary>
/// Those who wait, by tenant: tenants take turns, and of one tenant who came first goes first. So a tenant with many does not hold up one with
/// few. Not thread-safe.
/// </summary>
internal sealed class FairQueue<T>
    where T : class
{
    // In the order of their turns: who has had one goes to the end.
    private readonly LinkedList<(string Tenant, LinkedList<T> Waiting)> _tenants = new();

    /// <summary>How many wait.</summary>
    public int Count { get; private set; }

    /// <summary>All who wait.</summary>
    public IEnumerable<T> All => _tenants.SelectMany(tenant => tenant.Waiting);

    public void Add(string tenant, T item)
    {
        Count++;
        foreach (var (known, waiting) in _tenants)
        {
            if (known == tenant)
            {
                waiting.AddLast(item);
                return;
            }
        }

        _tenants.AddLast((tenant, new LinkedList<T>([item])));
    }

    /// <summary>Takes the next one that can be served. One that cannot is passed over and keeps its place.</summary>
    /// <param name="canServe">Whether it can be; when so, it is taken.</param>
    /// <param name="item">The one that was taken.</param>
    public bool TryTake(Func<T, bool> canServe, [NotNullWhen(true)] out T? item)
    {
        for (var tenant = _tenants.First; tenant is not null; tenant = tenant.Next)
        {
            for (var node = tenant.Value.Waiting.First; node is not null; node = node.Next)
            {
                if (canServe(node.Value))
                {
                    item = node.Value;
                    tenant.Value.Waiting.Remove(node);
                    Count--;
                    _tenants.Remove(tenant);
                    if (tenant.Value.Waiting.Count > 0)
                    {
                        _tenants.AddLast(tenant);
                    }

                    return true;
                }
            }
        }

        item = null;
        return false;
    }

    /// <summary>Takes one out that waits no longer.</summary>
    public bool Remove(T item)
    {
        for (var tenant = _tenants.First; tenant is not null; tenant = tenant.Next)
        {
            if (tenant.Value.Waiting.Remove(item))
            {
                Count--;
                if (tenant.Value.Waiting.Count == 0)
                {
                    _tenants.Remove(tenant);
                }

                return true;
            }
        }

        return false;
    }
}
