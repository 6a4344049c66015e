using System.Diagnostics.CodeAnalysis;
using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.Grains.Upstreams;

/// <summary>
/// Waiting contexts, by tenant: tenants are served as often as their weights say, however many of each wait (start-time fair queueing). Of one tenant the
/// priority class decides, then who came first. A tenant that waits with one after the other has no advantage over one with many. Not thread-safe.
/// </summary>
/// <param name="weightOf">Gets the weight of a tenant.</param>
internal sealed class FairQueue<T>(Func<string, int> weightOf)
    where T : class
{
    private readonly Dictionary<string, TenantQueue<T>> _tenants = new(StringComparer.Ordinal);

    // The turn that was served last: who comes later cannot be served for the time before.
    private double _now;
    private long _turns;

    /// <summary>How many wait.</summary>
    public int Count { get; private set; }

    /// <summary>All that wait.</summary>
    public IEnumerable<T> All => _tenants.Values.SelectMany(tenant => tenant.Items);

    /// <summary>The tenants that wait.</summary>
    public IEnumerable<string> Tenants => _tenants.Values.Where(tenant => !tenant.IsEmpty).Select(tenant => tenant.Name);

    public void Add(string tenant, PriorityClass priority, T item)
    {
        Count++;
        if (!_tenants.TryGetValue(tenant, out var queue))
        {
            _tenants.Add(tenant, queue = new TenantQueue<T>(tenant));
        }

        if (queue.IsEmpty)
        {
            (queue.Turn, queue.Order) = (Math.Max(queue.Turn, _now), ++_turns);
        }

        queue.Add(priority, item);
    }

    /// <summary>Takes the next one that can be served. One that cannot is passed over and keeps its place.</summary>
    /// <param name="canServe">Whether it can be; when so, it is taken.</param>
    /// <param name="item">The one that was taken.</param>
    public bool TryTake(Func<T, bool> canServe, [NotNullWhen(true)] out T? item) => TryTake(static (_, _) => default(ShareRank), canServe, out item);

    /// <summary>Takes the next one by rank, and among equal ranks by turn.</summary>
    /// <param name="rankOf">Ranks a tenant by the class of its next context; null passes it over.</param>
    /// <param name="canServe">Whether one can be served; when so, it is taken.</param>
    /// <param name="item">The one that was taken.</param>
    public bool TryTake(Func<string, PriorityClass, ShareRank?> rankOf, Func<T, bool> canServe, [NotNullWhen(true)] out T? item)
    {
        foreach (var tenant in InOrder(rankOf))
        {
            if (tenant.TryTake(canServe, out item))
            {
                _now = Math.Max(_now, tenant.Turn);
                (tenant.Turn, tenant.Order) = (tenant.Turn + (1.0 / weightOf(tenant.Name)), ++_turns);
                Leave(tenant);
                return true;
            }
        }

        item = null;
        return false;
    }

    /// <summary>Takes one out that waits no longer.</summary>
    public bool Remove(T item)
    {
        foreach (var tenant in _tenants.Values)
        {
            if (tenant.Remove(item))
            {
                Leave(tenant);
                return true;
            }
        }

        return false;
    }

    private TenantQueue<T>[] InOrder(Func<string, PriorityClass, ShareRank?> rankOf)
        =>
        [
            .. from tenant in _tenants.Values
               where !tenant.IsEmpty
               let rank = rankOf(tenant.Name, tenant.First)
               where rank is not null
               orderby rank.Value, tenant.Turn, tenant.Order
               select tenant,
        ];

    // Turns count while someone waits. A tenant whose turn is still to come is remembered until then: coming back does not give it an earlier one.
    private void Leave(TenantQueue<T> tenant)
    {
        if (--Count == 0)
        {
            _tenants.Clear();
            _now = 0;
        }
        else if (tenant.IsEmpty && tenant.Turn <= _now)
        {
            _tenants.Remove(tenant.Name);
        }
    }
}
