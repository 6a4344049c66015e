using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using TtsGrains.Archive.Audit;
using TtsGrains.Archive.Encryption;
using TtsGrains.Archive.Manifests;
using TtsGrains.Archive.Sessions;
using TtsGrains.Archive.Stores;
using TtsGrains.Archive.Usage;
using TtsGrains.Archive.Writing;
using TtsGrains.Grains.Interfaces.Audit;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.Archive.Removal;

/// <summary>
/// Changes a session in the archive: erases, holds and releases it, each not before the record of who asked is durable. Called in the session grain's turn only, so that
/// these come one after the other. An erasure that breaks off may be repeated: what lists a session goes first, so nothing is left that cannot be found.
/// </summary>
/// <param name="archive">The store.</param>
/// <param name="sessions">Finds what there is.</param>
/// <param name="audit">Records who asked.</param>
/// <param name="time">Dates the records.</param>
/// <param name="changes">Told of the bytes that it removes.</param>
/// <param name="writer">This host's writer, told at once what it need not write any more. Those of other hosts find the mark.</param>
public sealed class SessionRemoval(ISegmentArchive archive, SessionArchive sessions, AuditTrail audit, TimeProvider time, ArchiveChanges changes, ArchiveWriter writer)
{
    /// <summary>Determines whether a legal hold keeps the session.</summary>
    public Task<bool> IsHeldAsync(SessionKey key, CancellationToken cancellationToken) => sessions.IsHeldAsync(key.Tenant, key.Session, cancellationToken);

    /// <summary>Determines whether anything of the session is stored.</summary>
    public async Task<bool> ExistsAsync(SessionKey key, CancellationToken cancellationToken)
    {
        await foreach (var _ in archive.ListAsync(ArchiveNames.SessionPrefix(key.Tenant, key.Session), cancellationToken))
        {
            return true;
        }

        return false;
    }

    /// <summary>Stores the hold.</summary>
    public async Task HoldAsync(SessionKey key, SessionChangeOrigin origin, CancellationToken cancellationToken)
    {
        await RecordAsync(key, EntryOf(AuditActions.Hold, AuditResults.Begun, key, origin));
        await ReplaceAsync(ArchiveNames.Hold(key.Tenant, key.Session), new HoldMark(key.Session, time.GetUtcNow()), ManifestJson.Readable.HoldMark, cancellationToken);
        await RecordAsync(key, EntryOf(AuditActions.Hold, AuditResults.Done, key, origin));
    }

    /// <summary>Removes the hold.</summary>
    /// <returns>False if there is none.</returns>
    public async Task<bool> ReleaseAsync(SessionKey key, SessionChangeOrigin origin, CancellationToken cancellationToken)
    {
        if (!await IsHeldAsync(key, cancellationToken))
        {
            return false;
        }

        await RecordAsync(key, EntryOf(AuditActions.Release, AuditResults.Begun, key, origin));
        await archive.DeleteAsync(ArchiveNames.Hold(key.Tenant, key.Session), cancellationToken);
        await RecordAsync(key, EntryOf(AuditActions.Release, AuditResults.Done, key, origin));
        return true;
    }

    /// <summary>Begins an erasure: from now on nothing of the session that is on its way into the store is kept.</summary>
    /// <returns>The entry to finish it with.</returns>
    public async Task<AuditEntry> BeginEraseAsync(SessionKey key, SessionChangeOrigin origin, CancellationToken cancellationToken)
    {
        var isRetention = origin.By == SessionEraser.Retention;
        var begun = EntryOf(isRetention ? AuditActions.Retention : AuditActions.Erase, AuditResults.Begun, key, origin);
        await RecordAsync(key, begun);
        if (!isRetention)
        {
            await ReplaceAsync(ArchiveNames.Erasure(key.Tenant, key.Session), new ErasureMark(key.Session, begun.At), ManifestJson.Readable.ErasureMark, cancellationToken);
        }

        writer.Erase(key.Tenant, key.Session, begun.At);
        return begun;
    }

    /// <summary>Removes all of the session from the store.</summary>
    public async Task FinishEraseAsync(SessionKey key, AuditEntry begun, CancellationToken cancellationToken)
    {
        var removed = await RemoveAsync(key.Tenant, key.Session, cancellationToken);
        await RecordAsync(key, begun with { At = time.GetUtcNow(), Result = AuditResults.Done, Objects = removed });
    }

    private async Task<int> RemoveAsync(string tenant, string session, CancellationToken cancellationToken)
    {
        var removed = 0;
        var record = await sessions.FindSessionAsync(tenant, session, cancellationToken).UnlessUnreadableAsync();
        var references = new HashSet<string>(StringComparer.Ordinal);
        if (record?.Ref is { } known)
        {
            references.Add(known);
        }

        foreach (var name in await DayMarkersOfAsync(tenant, session, cancellationToken))
        {
            if ((await sessions.FindMarkerAsync(name, cancellationToken))?.Ref is { } reference)
            {
                references.Add(reference);
            }

            removed += await archive.DeleteAsync(name, cancellationToken) ? 1 : 0;
        }

        foreach (var reference in references)
        {
            await foreach (var name in sessions.FindMarkersAsync(ArchiveNames.ReferencePrefix(tenant, reference), session, cancellationToken))
            {
                removed += await archive.DeleteAsync(name, cancellationToken) ? 1 : 0;
            }
        }

        await foreach (var found in archive.ListAsync(ArchiveNames.SessionPrefix(tenant, session), cancellationToken))
        {
            if (await archive.DeleteAsync(found.Name, cancellationToken))
            {
                removed++;
                changes.Add(tenant, -found.Length);
            }
        }

        return removed;
    }

    // The manifests tell. The marker of a context without a manifest may lie on any day.
    private async Task<IReadOnlyCollection<string>> DayMarkersOfAsync(string tenant, string session, CancellationToken cancellationToken)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var areAllKnown = true;
        await foreach (var context in sessions.ListContextsAsync(tenant, session, cancellationToken))
        {
            var manifest = await sessions.FindManifestAsync(context, cancellationToken).UnlessUnreadableAsync();
            areAllKnown &= manifest is not null;
            if (manifest is not null)
            {
                names.Add(ArchiveNames.DayMarker(tenant, DateOnly.FromDateTime(manifest.StartedAt.UtcDateTime), manifest.SessionStartedAt, session));
            }
        }

        if (!areAllKnown || names.Count == 0)
        {
            foreach (var day in await sessions.ListDaysAsync(tenant, cancellationToken))
            {
                await foreach (var name in sessions.FindMarkersAsync(ArchiveNames.DayPrefix(tenant, day), session, cancellationToken))
                {
                    names.Add(name);
                }
            }
        }

        return names;
    }

    private Task RecordAsync(SessionKey key, AuditEntry entry) => audit.RecordAsync(AuditNames.OfTenant(key.Tenant), entry);

    private AuditEntry EntryOf(string action, string result, SessionKey key, SessionChangeOrigin origin)
        => new(time.GetUtcNow(), action, result) { By = origin.By, Session = key.Session, RequestId = origin.RequestId };

    private async Task ReplaceAsync<T>(string name, T value, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var json = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(value, type));
        await archive.ReplaceAsync(name, json, ContextManifest.ContentType, cancellationToken);
    }
}
