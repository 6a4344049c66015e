using System.Globalization;
using System.Text.Json;
using TtsGrains.Archive.Stores;

namespace TtsGrains.Archive.Usage;

/// <summary>
/// Packs the old usage records of one tenant. A pack is written before the records in it are removed, so a packer that is killed, or a second one, leaves
/// records twice, which count once. One pass at a time.
/// </summary>
/// <param name="archive">The store.</param>
/// <param name="time">Dates the packs.</param>
/// <param name="tenant">The tenant's id.</param>
public sealed class UsagePacker(ISegmentArchive archive, TimeProvider time, string tenant)
{
    private const int DaysPerPage = 500;
    private const int RequestsAtOnce = 16;

    // A pack of one would save no read.
    private const int FewestRecords = 2;

    // Later, spools have hardly anything of a day. A record that comes all the same stays loose and is read like that.
    private static readonly TimeSpan LookedAtAgain = TimeSpan.FromDays(7);

    private readonly Dictionary<DateOnly, DateTimeOffset> _nextLooks = [];

    /// <summary>Packs what is old enough, off the caller's thread.</summary>
    /// <returns>The count of packed records.</returns>
    public Task<int> PackAsync(CancellationToken cancellationToken) => Task.Run(
        async () =>
        {
            var packed = 0;
            foreach (var day in await ListDaysAsync(cancellationToken))
            {
                var now = time.GetUtcNow();
                if (UsagePack.IsPossible(day, now) && now >= _nextLooks.GetValueOrDefault(day))
                {
                    packed += await PackAsync(day, now, cancellationToken);
                }
            }

            return packed;
        },
        cancellationToken);

    private async Task<int> PackAsync(DateOnly day, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (packed, young) = (0, new List<DateTimeOffset>());
        var names = archive.ListAsync(ArchiveNames.UsagePrefix(tenant, day), cancellationToken).Select(stored => stored.Name).Where(name => !ArchiveNames.IsUsagePack(name));
        await foreach (var some in names.Chunk(UsagePack.MaxRecords).WithCancellation(cancellationToken))
        {
            if (some.Length >= FewestRecords)
            {
                packed += await PackAsync(day, some, young, cancellationToken);
            }
        }

        // Records that are too young are read again when all of them are old, not in each pass.
        _nextLooks[day] = young.Count >= FewestRecords ? new[] { young.Max(), now }.Min() + UsagePack.Age
            : UsagePack.IsPossible(day, now - LookedAtAgain) ? DateTimeOffset.MaxValue
            : now;
        return packed;
    }

    private async Task<int> PackAsync(DateOnly day, string[] names, List<DateTimeOffset> young, CancellationToken cancellationToken)
    {
        // Before the reads, so that of two packs the later one has the later version of a record.
        var began = time.GetUtcNow();
        var old = new List<(string Name, BinaryData Json)>();
        var reads = new Queue<(string Name, Task<BinaryData?> Json)>();
        foreach (var name in names)
        {
            reads.Enqueue((name, archive.ReadAsync(name, cancellationToken)));
            if (reads.Count == RequestsAtOnce)
            {
                await SortAsync();
            }
        }

        while (reads.Count > 0)
        {
            await SortAsync();
        }

        if (old.Count < FewestRecords)
        {
            return 0;
        }

        await WriteAsync(day, began, UsagePack.Join(old.Select(record => record.Json)), cancellationToken);
        await Parallel.ForEachAsync(
            old,
            new ParallelOptions { MaxDegreeOfParallelism = RequestsAtOnce, CancellationToken = cancellationToken },
            async (record, token) => await archive.DeleteIfUnchangedAsync(record.Name, record.Json, token));
        return old.Count;

        async Task SortAsync()
        {
            var (name, read) = reads.Dequeue();
            if (await read is not { } json || Parse(name, json) is not { } record)
            {
                return;
            }

            if (began - record.FinishedAt >= UsagePack.Age)
            {
                old.Add((name, json));
            }
            else
            {
                young.Add(record.FinishedAt);
            }
        }
    }

    // Null for what cannot be packed and stays as it is: it is not readable, has another name than its content gives, or does not fit on a line.
    private static UsageRecord? Parse(string name, BinaryData json)
    {
        try
        {
            var record = JsonSerializer.Deserialize(json, UsageJson.Default.UsageRecord);
            return record is not null && UsageNames.Of(record) == name && !json.ToMemory().Span.Contains((byte)'\n') ? record : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task WriteAsync(DateOnly day, DateTimeOffset began, BinaryData pack, CancellationToken cancellationToken)
    {
        var name = ArchiveNames.UsagePack(tenant, day, began, pack);
        await foreach (var stored in archive.ListAsync(ArchiveNames.UsagePackPrefix(tenant, day), cancellationToken))
        {
            // The same pack of a pass whose records could not be removed. Where nothing may be removed, each pass would write it again.
            if (ArchiveNames.HaveSameContent(stored.Name, name))
            {
                return;
            }
        }

        await archive.WriteAsync(name, pack.ToStream(), UsagePack.ContentType, cancellationToken);
    }

    private async Task<List<DateOnly>> ListDaysAsync(CancellationToken cancellationToken)
    {
        var days = new List<DateOnly>();
        string? cursor = null;
        do
        {
            var page = await archive.ListPageAsync(ArchiveNames.UsageDaysPrefix(tenant), cursor, DaysPerPage, cancellationToken);
            foreach (var folder in page.Names)
            {
                if (DateOnly.TryParseExact(folder, "yyyy-MM-dd'/'", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
                {
                    days.Add(day);
                }
            }

            cursor = page.Next;
        }
        while (cursor is not null);
        return days;
    }
}
