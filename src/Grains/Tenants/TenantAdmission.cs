using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using TtsGrains.Grains.Clustering;
using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.Grains.Tenants;

/// <summary>
/// Admits contexts in this process when the service is this one process: an exact count, without a grain call, so that a refusal costs next to
/// nothing. In a cluster it decides nothing; there the tenant's grain counts.
/// </summary>
public sealed class TenantAdmission(ClusterSettings cluster, IOptionsMonitor<TenantOptions> tenants, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, TenantBook> _books = new(StringComparer.Ordinal);

    /// <summary>True if admission is decided here.</summary>
    public bool IsLocal => cluster.Mode == ClusterMode.Single;

    /// <summary>Admits a context of this process. Repeated calls for the same context have no effect.</summary>
    /// <returns>0 when it is admitted or not decided here; else the limit that was reached.</returns>
    public int Admit(ContextKey key)
    {
        if (!IsLocal)
        {
            return 0;
        }

        var limit = tenants.Get(key.Tenant).MaxOpenContexts;
        return BookOf(key.Tenant).TryAdmit(key.ToString(), limit) ? 0 : limit;
    }

    /// <summary>Gives the room of a context back, if it was taken here.</summary>
    public void Release(ContextKey key)
    {
        if (IsLocal)
        {
            BookOf(key.Tenant).Release(key.ToString());
        }
    }

    /// <summary>Gets the book for a tenant's grain: the one of this process when admission is local, else a new one.</summary>
    internal TenantBook OpenBook(string tenant) => IsLocal ? BookOf(tenant) : new TenantBook(time);

    private TenantBook BookOf(string tenant) => _books.GetOrAdd(tenant, _ => new TenantBook(time));
}
