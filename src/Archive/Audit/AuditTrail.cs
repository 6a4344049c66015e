using TtsGrains.Grains.Interfaces.Audit;

namespace TtsGrains.Archive.Audit;

/// <summary>Records what is done. The chain's grain orders the records of all processes.</summary>
public sealed class AuditTrail(IGrainFactory grains)
{
    /// <summary>Stores entries in a chain. When this returns they are durable.</summary>
    /// <param name="chain">The chain, of <see cref="AuditNames"/>.</param>
    /// <param name="entries">The entries.</param>
    /// <exception cref="AuditUnavailableException">They could not be stored.</exception>
    public async Task RecordAsync(string chain, params AuditEntry[] entries)
    {
        if (await GrainOf(chain).AppendAsync([.. entries]) is null)
        {
            throw new AuditUnavailableException();
        }
    }

    /// <summary>Gets the last record of a chain.</summary>
    /// <exception cref="AuditUnavailableException">The archive's store failed.</exception>
    public async Task<AuditHead> GetHeadAsync(string chain) => await GrainOf(chain).GetHeadAsync() ?? throw new AuditUnavailableException();

    private IAuditGrain GrainOf(string chain) => grains.GetGrain<IAuditGrain>(chain);
}
