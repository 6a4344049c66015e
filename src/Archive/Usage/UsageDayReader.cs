using System.Runtime.CompilerServices;
using System.Text.Json;
using TtsGrains.Archive.Stores;

namespace TtsGrains.Archive.Usage;

/// <summary>
/// Reads the records of one day once, each name once: a finished context's before that of a process that ended, then the loose one, then the one packed last.
/// Packs are listed after the loose records are read: a record that is packed meanwhile is in a pack before its own object goes.
/// </summary>
internal sealed class UsageDayReader(ISegmentArchive archive, UsagePacks packs, string tenant, DateOnly day)
{
    private const int ReadsAtOnce = 16;
    private const int PacksAtOnce = 4;

    // 128 bits of each name. Null for a day without packs, whose records have one object each.
    private readonly HashSet<UInt128>? _counted = packs.ArePossible(day) ? [] : null;

    // Held back, since the finished context's record may follow; few.
    private readonly Dictionary<UInt128, UsageRecord> _unfinished = [];

    /// <exception cref="JsonException">A record or a pack cannot be read.</exception>
    public async IAsyncEnumerable<UsageRecord> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var json in ReadLooseAsync(cancellationToken))
        {
            if (JsonSerializer.Deserialize(json, UsageJson.Default.UsageRecord) is { } record && Counts(record))
            {
                yield return record;
            }
        }

        if (_counted is null)
        {
            yield break;
        }

        await foreach (var pack in ReadPacksAsync(cancellationToken))
        {
            foreach (var record in UsagePack.Read(pack).Where(Counts))
            {
                yield return record;
            }
        }

        foreach (var (_, record) in _unfinished.Where(held => !_counted.Contains(held.Key)))
        {
            yield return record;
        }
    }

    private bool Counts(UsageRecord record)
    {
        if (_counted is null)
        {
            return true;
        }

        var key = UsageNames.KeyOf(record);
        if (record is { ProcessEnded: true, PartId: null })
        {
            _unfinished.TryAdd(key, record);
            return false;
        }

        return _counted.Add(key);
    }

    private async IAsyncEnumerable<BinaryData> ReadLooseAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reads = new Queue<Task<BinaryData?>>();
        await foreach (var stored in archive.ListAsync(ArchiveNames.UsagePrefix(tenant, day), cancellationToken))
        {
            if (ArchiveNames.IsUsagePack(stored.Name))
            {
                continue;
            }

            reads.Enqueue(archive.ReadAsync(stored.Name, cancellationToken));
            if (reads.Count == ReadsAtOnce && await reads.Dequeue() is { } json)
            {
                yield return json;
            }
        }

        while (reads.TryDequeue(out var read))
        {
            if (await read is { } json)
            {
                yield return json;
            }
        }
    }

    private async IAsyncEnumerable<BinaryData> ReadPacksAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reads = new Queue<Task<BinaryData>>();
        foreach (var name in await packs.ListAsync(tenant, day, cancellationToken))
        {
            reads.Enqueue(packs.ReadAsync(name, cancellationToken));
            if (reads.Count == PacksAtOnce)
            {
                yield return await reads.Dequeue();
            }
        }

        while (reads.TryDequeue(out var read))
        {
            yield return await read;
        }
    }
}
