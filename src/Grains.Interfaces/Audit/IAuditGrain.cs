using System.Collections.Immutable;

namespace TtsGrains.Grains.Interfaces.Audit;

/// <summary>The audit chain of a tenant, or of the service (key: the folder of the chain in the archive): puts its records in order and stores them.</summary>
[Alias("tts.IAuditGrain")]
public interface IAuditGrain : IGrainWithStringKey
{
    /// <summary>Stores entries as one record, or as a part of one.</summary>
    /// <returns>The last record of the chain, when the entries are durable; null if the archive's store failed, and the entries may not be there.</returns>
    [Alias("append")]
    Task<AuditHead?> AppendAsync(ImmutableArray<AuditEntry> entries);

    /// <summary>Gets the last record of the chain.</summary>
    /// <returns>Null if the archive's store failed.</returns>
    [Alias("head")]
    Task<AuditHead?> GetHeadAsync();
}
