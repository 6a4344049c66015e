namespace TtsGrains.Grains.Interfaces.Tenants;

/// <summary>Packs the usage records of one tenant (key: the tenant's id), in one place of the cluster.</summary>
[Alias("tts.ITenantUsageGrain")]
public interface ITenantUsageGrain : IGrainWithStringKey
{
    /// <summary>Begins to pack unless it did so lately: each silo asks for it. Returns before it is done.</summary>
    [Alias("pack")]
    Task PackAsync();
}
