using System.Collections.Immutable;

namespace TtsGrains.Grains.Interfaces.Tenants;

/// <summary>One customer: what it may have open at once (key: the tenant's id).</summary>
[Alias("tts.ITenantGrain")]
public interface ITenantGrain : IGrainWithStringKey
{
    /// <summary>Asks for room for one more open context. The same context may ask again.</summary>
    /// <returns>0 when there is room, which is then taken; else the limit that was reached.</returns>
    [Alias("admit")]
    Task<int> AdmitAsync(string contextKey);

    /// <summary>Gives the room of a context back.</summary>
    [Alias("release")]
    Task ReleaseAsync(string contextKey);

    /// <summary>
    /// Says that these contexts are open, wherever this tenant was counted before. It must be said again within <see cref="TenantLease.Length"/>, else
    /// they count as gone, with the silo that they were on.
    /// </summary>
    [Alias("renew")]
    Task RenewAsync(ImmutableArray<string> contextKeys);

    /// <summary>Divides limits between hosts: a host says again and again what it needs, and gets its shares for <see cref="ShareLease.Length"/>.</summary>
    /// <param name="host">The process.</param>
    /// <param name="needs">What it needs, limit by limit.</param>
    /// <returns>Its share of each.</returns>
    [Alias("share")]
    Task<ImmutableArray<long>> ShareAsync(Guid host, ImmutableArray<ShareNeed> needs);

    /// <summary>How many contexts are open.</summary>
    [Alias("open")]
    Task<int> CountOpenAsync();
}

/// <summary>How long an open context is believed to be there.</summary>
public static class TenantLease
{
    /// <summary>Without a word for so long, a context is taken for dead.</summary>
    public static TimeSpan Length { get; } = TimeSpan.FromSeconds(60);

    /// <summary>How often a silo speaks up for its contexts.</summary>
    public static TimeSpan Renewal { get; } = TimeSpan.FromSeconds(15);
}
