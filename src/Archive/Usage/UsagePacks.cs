using System.Text.Json;
using TtsGrains.Archive.Stores;

namespace TtsGrains.Archive.Usage;

/// <summary>Finds records in packs. Packs never change, so the names of the last ones are remembered: late records do not read them again. Thread-safe.</summary>
internal sealed class UsagePacks(ISegmentArchive archive, TimeProvider time)
{
    // The packs of six days with 100,000 contexts each. All names take about 30 MB, and only in a process that has stored late records.
    private const int Remembered = 64;

    // The clock of the process that packed may be ahead of this one's.
    private static readonly TimeSpan ClockDifference = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly OrderedDictionary<string, Task<UsagePackIndex>> _indexes = new(StringComparer.Ordinal);

    /// <summary>Determines whether a day can have packs.</summary>
    public bool ArePossible(DateOnly day) => UsagePack.IsPossible(day, time.GetUtcNow() + ClockDifference);

    /// <summary>Finds the record with the name of another one: a finished context's before others, then the one packed last.</summary>
    /// <returns>Null if no pack has it.</returns>
    /// <exception cref="JsonException">A pack cannot be read.</exception>
    public async Task<StoredUsage?> FindAsync(UsageRecord record, CancellationToken cancellationToken)
    {
        if (!ArePossible(record.Day))
        {
            return null;
        }

        var key = UsageNames.KeyOf(record);
        StoredUsage? found = null;
        foreach (var name in await ListAsync(record.Tenant, record.Day, cancellationToken))
        {
            if ((await GetIndexAsync(name).WaitAsync(cancellationToken)).Find(key) is { } packed)
            {
                if (!packed.ProcessEnded)
                {
                    return packed;
                }

                found ??= packed;
            }
        }

        return found;
    }

    /// <summary>Lists the packs of a day, the last one first.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(string tenant, DateOnly day, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await foreach (var stored in archive.ListAsync(ArchiveNames.UsagePackPrefix(tenant, day), cancellationToken))
        {
            names.Add(stored.Name);
        }

        names.Reverse();
        return names;
    }

    /// <summary>Reads a pack.</summary>
    /// <exception cref="JsonException">It is missing.</exception>
    public async Task<BinaryData> ReadAsync(string name, CancellationToken cancellationToken)
        => await archive.ReadAsync(name, cancellationToken) ?? throw new JsonException($"The pack of usage records {name} is missing.");

    private Task<UsagePackIndex> GetIndexAsync(string name)
    {
        lock (_gate)
        {
            if (!_indexes.Remove(name, out var index) || index.IsFaulted)
            {
                // Not cancelled by one of those that wait for it.
                index = Task.Run(async () => new UsagePackIndex(UsagePack.Read(await ReadAsync(name, CancellationToken.None))));
            }

            if (_indexes.Count == Remembered)
            {
                _indexes.RemoveAt(0);
            }

            _indexes.Add(name, index);
            return index;
        }
    }
}
