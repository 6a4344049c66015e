namespace TtsGrains.Grains.Upstreams;

/// <summary>The shares of all tenants in one upstream, as they are now.</summary>
internal interface ITenantShares
{
    /// <summary>The tenants that places are reserved for, whether they have contexts or not.</summary>
    IReadOnlyCollection<string> Reserving { get; }

    /// <summary>Gets the share of a tenant.</summary>
    TenantShare Of(string tenant);
}
