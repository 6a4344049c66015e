using System.Runtime.CompilerServices;
using System.Text.Json;
using TtsGrains.Archive.Stores;

namespace TtsGrains.Archive.Usage;

/// <summary>
/// One record per ended context, by tenant and day, first as an object of its own (loose), later in a pack. Its name follows from the context alone, so a retry
/// writes the same object: nothing is counted twice. Erasing a session does not remove its records. Thread-safe; a process needs one, which remembers packs.
/// </summary>
/// <param name="archive">The store.</param>
/// <param name="time">Tells which days can have packs.</param>
public sealed class UsageLedger(ISegmentArchive archive, TimeProvider time)
{
    private const string ContentType = "application/json";

    private readonly UsagePacks _packs = new(archive, time);

    /// <summary>Writes a record. The record of a context that a later process finished replaces the one of the process that ended.</summary>
    /// <exception cref="JsonException">The stored record or a pack of its day cannot be read.</exception>
    public async Task WriteAsync(UsageRecord record, CancellationToken cancellationToken)
    {
        var (name, json) = (UsageNames.Of(record), ToJson(record));
        if (await FindCountingPackedAsync(record, cancellationToken) is { } before)
        {
            await GiveWayAsync(record, before, isWritten: false, cancellationToken);
            return;
        }

        if (await archive.WriteAsync(name, json.ToStream(), ContentType, cancellationToken) == ArchiveWrite.AlreadyThere)
        {
            if (record.ProcessEnded)
            {
                return;
            }

            if (await FindLooseAsync(name, cancellationToken) is { ProcessEnded: false } stored)
            {
                await WritePartAsync(record, stored, cancellationToken);
                return;
            }

            await archive.ReplaceAsync(name, json.ToStream(), ContentType, cancellationToken);
        }

        // A packer may have taken a record of this name in between. Its pack is there before the record is gone.
        if (await FindCountingPackedAsync(record, cancellationToken) is { } packed)
        {
            await GiveWayAsync(record, packed, isWritten: true, cancellationToken);
        }
    }

    /// <summary>Writes a record in place of the one that was written before. What another process has counted as sent in that stays.</summary>
    /// <exception cref="JsonException">The stored record or a pack of its day cannot be read.</exception>
    public async Task ReplaceAsync(UsageRecord record, CancellationToken cancellationToken)
    {
        var name = UsageNames.Of(record);

        // The loose one first: if it is packed meanwhile, the pack has it. Of two, a corrected loose one has the count of the packed one.
        var loose = await FindLooseAsync(name, cancellationToken);
        var packed = await _packs.FindAsync(record, cancellationToken);
        if ((packed is { ProcessEnded: false } ? packed : loose ?? packed) is { CountId: { } other } stored && other != record.CountId)
        {
            record = record with { CountId = other, CharactersSynthesised = stored.CharactersSynthesised };
        }

        await archive.ReplaceAsync(name, ToJson(record).ToStream(), ContentType, cancellationToken);
    }

    /// <summary>Reads a tenant's records of days, each once, loose and packed.</summary>
    /// <param name="tenant">The tenant's id.</param>
    /// <param name="from">The first day, UTC.</param>
    /// <param name="to">The last day, UTC.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="JsonException">A record or a pack cannot be read.</exception>
    public async IAsyncEnumerable<UsageRecord> ReadAsync(string tenant, DateOnly from, DateOnly to, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var day = from; day <= to; day = day.AddDays(1))
        {
            await foreach (var record in new UsageDayReader(archive, _packs, tenant, day).ReadAsync(cancellationToken))
            {
                yield return record;
            }
        }
    }

    private static BinaryData ToJson(UsageRecord record) => new(JsonSerializer.SerializeToUtf8Bytes(record, UsageJson.Default.UsageRecord));

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

    // Null also if the packed one does not count beside the record: a process that ended wrote it, and this context was finished.
    private async Task<StoredUsage?> FindCountingPackedAsync(UsageRecord record, CancellationToken cancellationToken)
        => await _packs.FindAsync(record, cancellationToken) is { } packed && (record.ProcessEnded || !packed.ProcessEnded) ? packed : null;

    // The packed record counts, as the one that was there first. A loose one would hide what that has counted as sent, so it goes; so does the one of an
    // earlier try that was cut short here.
    private async Task GiveWayAsync(UsageRecord record, StoredUsage packed, bool isWritten, CancellationToken cancellationToken)
    {
        if (await WritePartAsync(record, packed, cancellationToken) || isWritten)
        {
            await archive.DeleteIfUnchangedAsync(UsageNames.Of(record), ToJson(record), cancellationToken);
        }
    }

    // Two processes finished it: one was killed before the other's client had the end. What each sent counts.
    private async Task<bool> WritePartAsync(UsageRecord record, StoredUsage stored, CancellationToken cancellationToken)
    {
        if (record is not { ProcessEnded: false, CountId: { } id } || stored.CountId is not { } other || other == id)
        {
            return false;
        }

        if (record.CharactersSynthesised > 0)
        {
            await WriteAsync(SentPart(record, id), cancellationToken);
        }

        return true;
    }

    private async Task<StoredUsage?> FindLooseAsync(string name, CancellationToken cancellationToken)
        => await archive.ReadAsync(name, cancellationToken) is { } json && JsonSerializer.Deserialize(json, UsageJson.Default.UsageRecord) is { } record
            ? StoredUsage.Of(record)
            : null;
}
