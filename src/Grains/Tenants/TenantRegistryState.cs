using TtsGrains.Tenants.Stored;

namespace TtsGrains.Grains.Tenants;

/// <summary>The stored tenants of the admin API: ids, limits and the SHA-256 of keys.</summary>
[GenerateSerializer, Alias("tts.TenantRegistryState")]
internal sealed class TenantRegistryState
{
    [Id(0)]
    public long Version { get; set; }

    [Id(1)]
    public string Json { get; set; } = StoredTenants.Empty;
}
