using TtsGrains.Archive.Stores;
using TtsGrains.Grains.Interfaces.Audit;

namespace TtsGrains.Archive.Audit;

/// <summary>Reads the records of audit chains, byte for byte as they are stored.</summary>
public sealed class AuditReader(ISegmentArchive archive)
{
    private const int AtOnce = 8;

    /// <summary>Reads a page of a chain.</summary>
    /// <param name="chain">The chain, of <see cref="AuditNames"/>.</param>
    /// <param name="head">Its last record, asked for before.</param>
    /// <param name="day">Only records of this day (UTC); null for all.</param>
    /// <param name="after">Only records behind this number.</param>
    /// <param name="limit">The most numbers to read, from 1.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<AuditPage> ReadAsync(string chain, AuditHead head, DateOnly? day, long after, int limit, CancellationToken cancellationToken)
    {
        var (first, last) = (after + 1, head.Number);
        if (day is { } wanted)
        {
            var start = new DateTimeOffset(wanted.ToDateTime(default, DateTimeKind.Utc));
            first = Math.Max(first, await FindFirstAsync(chain, start, head.Number, cancellationToken));
            last = Math.Min(last, await FindFirstAsync(chain, start.AddDays(1), head.Number, cancellationToken) - 1);
        }

        var end = Math.Min(last, first + limit - 1);
        var records = new List<(long, BinaryData)>();
        for (var from = first; from <= end; from += AtOnce)
        {
            var numbers = Enumerable.Range(0, (int)Math.Min(AtOnce, end - from + 1)).Select(i => from + i).ToArray();
            var read = await Task.WhenAll(numbers.Select(number => archive.ReadAsync(AuditNames.Record(chain, number), cancellationToken)));
            records.AddRange(from pair in numbers.Zip(read) where pair.Second is not null select (pair.First, pair.Second!));
        }

        return new AuditPage(records, end < last ? end : null, head);
    }

    // Records are in the order of their times. A record that is missing or cannot be read counts as the next one that can.
    private async Task<long> FindFirstAsync(string chain, DateTimeOffset from, long count, CancellationToken cancellationToken)
    {
        var (low, high) = (1L, count + 1);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            var known = middle;
            AuditRecord? record = null;
            while (known < high && record is null)
            {
                record = await archive.ReadAsync(AuditNames.Record(chain, known++), cancellationToken) is { } json ? AuditRecord.Parse(json) : null;
            }

            if (record?.At < from)
            {
                low = known;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}

/// <summary>A page of an audit chain.</summary>
/// <param name="Records">The records that there are, by number.</param>
/// <param name="Next">The number behind which the next page begins; null when none follows.</param>
/// <param name="Head">The last record of the chain.</param>
public sealed record AuditPage(IReadOnlyList<(long Number, BinaryData Json)> Records, long? Next, AuditHead Head);
