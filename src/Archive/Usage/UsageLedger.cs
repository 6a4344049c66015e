using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TtsGrains.Archive.Stores;

namespace TtsGrains.Archive.Usage;

/// <summary>
/// One object per ended context, by tenant and day. Its name follows from the context alone, so a retry writes the same object: nothing is counted twice.
/// Erasing a session does not remove its records.
/// </summary>
public sealed class UsageLedger(ISegmentArchive archive)
{
    private const string ContentType = "application/json";
    private const int ReadsAtOnce = 16;

    /// <summary>Writes a record. The record of a context that a later process finished replaces the one of the process that ended.</summary>
    public async Task WriteAsync(UsageRecord record, CancellationToken cancellationToken)
    {
        var name = NameOf(record);
        using var json = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(record, UsageJson.Default.UsageRecord));
        if (await archive.WriteAsync(name, json, ContentType, cancellationToken) != ArchiveWrite.AlreadyThere || record.ProcessEnded)
        {
            return;
        }

        var stored = await FindAsync(name, cancellationToken);
        if (stored is not { ProcessEnded: false })
        {
            json.Position = 0;
            await archive.ReplaceAsync(name, json, ContentType, cancellationToken);
        }
        else if (record is { CountId: { } id, CharactersSynthesised: > 0 } && stored.CountId is { } other && other != id)
        {
            // Two processes finished it: one was killed before the other's client had the end. What each sent counts.
            await WriteAsync(SentPart(record, id), cancellationToken);
        }
    }

    /// <summary>Writes a record in place of the one that was written before. What another process has counted as sent in that stays.</summary>
    public async Task ReplaceAsync(UsageRecord record, CancellationToken cancellationToken)
    {
        if (await FindAsync(NameOf(record), cancellationToken) is { CountId: { } other } stored && other != record.CountId)
        {
            record = record with { CountId = other, CharactersSynthesised = stored.CharactersSynthesised };
        }

        using var json = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(record, UsageJson.Default.UsageRecord));
        await archive.ReplaceAsync(NameOf(record), json, ContentType, cancellationToken);
    }

    /// <summary>Reads a tenant's records of days.</summary>
    /// <param name="tenant">The tenant's id.</param>
    /// <param name="from">The first day, UTC.</param>
    /// <param name="to">The last day, UTC.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="JsonException">A record cannot be read.</exception>
    public async IAsyncEnumerable<UsageRecord> ReadAsync(string tenant, DateOnly from, DateOnly to, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var day = from; day <= to; day = day.AddDays(1))
        {
            var reads = new Queue<Task<UsageRecord?>>();
            await foreach (var stored in archive.ListAsync(ArchiveNames.UsagePrefix(tenant, day), cancellationToken))
            {
                reads.Enqueue(FindAsync(stored.Name, cancellationToken));
                if (reads.Count == ReadsAtOnce && await reads.Dequeue() is { } record)
                {
                    yield return record;
                }
            }

            while (reads.TryDequeue(out var read))
            {
                if (await read is { } record)
                {
                    yield return record;
                }
            }
        }
    }

    // A hash, since three escaped ids may be longer than a file name. The start tells apart contexts of a session that was erased and begun anew.
    private static string NameOf(UsageRecord record)
    {
        if (record.PartId is { } part)
        {
            return $"{ArchiveNames.UsagePrefix(record.Tenant, record.Day)}{part:N}.part.json";
        }

        var identity = string.Join('\0', record.SessionId, $"{record.Ordinal}", record.ContextId, $"{record.StartedAt.UtcTicks}");
        return $"{ArchiveNames.UsagePrefix(record.Tenant, record.Day)}{Convert.ToHexStringLower(SHA256.HashData(Encoding.Unicode.GetBytes(identity)))}.json";
    }

    private static UsageRecord SentPart(UsageRecord record, Guid id) => record with
    {
        PartId = id,
        ProcessEnded = true,
        Characters = 0,
        AudioMs = 0,
        ArchivedBytes = 0,
        CharactersDelivered = 0,
        CharactersHeard = null,
        SlotWaitMs = 0,
        FirstAudioMs = null,
    };

    private async Task<UsageRecord?> FindAsync(string name, CancellationToken cancellationToken)
        => await archive.ReadAsync(name, cancellationToken) is { } json ? JsonSerializer.Deserialize(json, UsageJson.Default.UsageRecord) : null;
}
