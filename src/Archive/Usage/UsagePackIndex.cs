namespace TtsGrains.Archive.Usage;

/// <summary>What a write needs of the record that is stored under its name.</summary>
/// <param name="ProcessEnded">True if the process did not finish the context.</param>
/// <param name="CountId">The id of the count that <paramref name="CharactersSynthesised"/> are of; null when that is not known.</param>
/// <param name="CharactersSynthesised">UTF-16 units that were sent to upstreams.</param>
internal readonly record struct StoredUsage(bool ProcessEnded, Guid? CountId, long CharactersSynthesised)
{
    public static StoredUsage Of(UsageRecord record) => new(record.ProcessEnded, record.CountId, record.CharactersSynthesised);
}

/// <summary>The names of a pack's records, about 50 bytes each.</summary>
internal sealed class UsagePackIndex
{
    private readonly UInt128[] _keys;
    private readonly StoredUsage[] _records;

    public UsagePackIndex(IEnumerable<UsageRecord> records)
    {
        var entries = records.Select(record => (Key: UsageNames.KeyOf(record), Record: StoredUsage.Of(record))).OrderBy(entry => entry.Key).ToList();
        _keys = [.. entries.Select(entry => entry.Key)];
        _records = [.. entries.Select(entry => entry.Record)];
    }

    /// <summary>Finds a record; null if the pack does not have it.</summary>
    public StoredUsage? Find(UInt128 key) => Array.BinarySearch(_keys, key) is var at and >= 0 ? _records[at] : null;
}
