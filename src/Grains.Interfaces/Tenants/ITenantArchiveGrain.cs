namespace TtsGrains.Grains.Interfaces.Tenants;

/// <summary>The bytes that one tenant has in the archive (key: the tenant's id). Counted again and again; not stored.</summary>
[Alias("tts.ITenantArchiveGrain")]
public interface ITenantArchiveGrain : IGrainWithStringKey
{
    /// <summary>Adds what one silo has stored since it reported last; negative if it removed more.</summary>
    /// <returns>The bytes in the archive; null until they were counted.</returns>
    [Alias("add")]
    Task<long?> AddAsync(long bytes);
}
