using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.Grains.Archive;

/// <summary>How an erasure ended. Zero is never a valid value.</summary>
public enum Erasure : byte
{
    None = 0,

    /// <summary>Nothing of the session is left.</summary>
    Erased = 1,

    /// <summary>There is no such session.</summary>
    NotFound = 2,

    /// <summary>A legal hold keeps it.</summary>
    Held = 3,

    /// <summary>A context of it is being spoken.</summary>
    Open = 4,
}

/// <summary>
/// Removes sessions, holds them and lets them go, each with a record of who did it. An erasure that breaks off may be asked for again: what lists a
/// session goes first, what it said last, so nothing is left that cannot be found.
/// </summary>
/// <param name="archive">What is erased from.</param>
/// <param name="sessions">Finds what there is.</param>
/// <param name="grains">Finds the session, which forgets what it knows.</param>
/// <param name="time">Dates the records.</param>
/// <param name="writer">This host's, when it has one: told at once what it need not write any more. Those of other hosts find the mark.</param>
public sealed class SessionEraser(
    ISegmentArchive archive, SessionArchive sessions, IGrainFactory grains, TimeProvider time, ArchiveWriter? writer = null)
{
    /// <summary>Who asks when the time of a session is over.</summary>
    public const string Retention = "retention";

    /// <summary>Removes all of a session, what waits in this host's spool too.</summary>
    /// <param name="tenant">Whose it is.</param>
    /// <param name="session">The session's id.</param>
    /// <param name="by">Who asks, for the record.</param>
    /// <param name="requestId">The request, for the record.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Erasure> EraseAsync(string tenant, string session, string by, string? requestId, CancellationToken cancellationToken)
    {
        var grain = grains.GetGrain<ISessionGrain>(new SessionKey(tenant, session).ToString());
        var contexts = (await grain.GetAsync()).Contexts;
        if (contexts.IsEmpty && !await ExistsAsync(tenant, session, cancellationToken))
        {
            return Erasure.NotFound;
        }

        if (await sessions.IsHeldAsync(tenant, session, cancellationToken))
        {
            return Erasure.Held;
        }

        foreach (var context in contexts.Where(context => context.IsOpen))
        {
            // What was open when its process ended is still noted as open; its grain knows better.
            if (await grains.GetGrain<IContextGrain>(context.ContextKey).IsOpenAsync())
            {
                return Erasure.Open;
            }
        }

        var at = time.GetUtcNow();
        var audit = new AuditRecord(by == Retention ? Retention : "erase", tenant, [session], by, requestId, at, "begun");
        await WriteAuditAsync(audit, cancellationToken);
        if (by != Retention)
        {
            await ReplaceAsync(ArchiveNames.Erasure(tenant, session), new ErasureMark(session, at), ManifestJson.Readable.ErasureMark, cancellationToken);
        }

        writer?.Erase(tenant, session, at);
        await grain.ForgetAsync();
        var removed = await RemoveAsync(tenant, session, cancellationToken);
        await WriteAuditAsync(audit with { At = time.GetUtcNow(), Phase = "done", Objects = removed }, cancellationToken);
        return Erasure.Erased;
    }

    /// <summary>Keeps a session from being removed.</summary>
    public async Task HoldAsync(string tenant, string session, string by, string? requestId, CancellationToken cancellationToken)
    {
        var at = time.GetUtcNow();
        await ReplaceAsync(ArchiveNames.Hold(tenant, session), new HoldMark(session, at), ManifestJson.Readable.HoldMark, cancellationToken);
        await WriteAuditAsync(new AuditRecord("hold", tenant, [session], by, requestId, at, "done"), cancellationToken);
    }

    /// <summary>Lets a held session go.</summary>
    /// <returns>False when it was not held.</returns>
    public async Task<bool> ReleaseAsync(string tenant, string session, string by, string? requestId, CancellationToken cancellationToken)
    {
        if (!await archive.DeleteAsync(ArchiveNames.Hold(tenant, session), cancellationToken))
        {
            return false;
        }

        await WriteAuditAsync(new AuditRecord("release", tenant, [session], by, requestId, time.GetUtcNow(), "done"), cancellationToken);
        return true;
    }

    /// <summary>Whether anything of the session is stored.</summary>
    public async Task<bool> ExistsAsync(string tenant, string session, CancellationToken cancellationToken)
    {
        await foreach (var _ in archive.ListAsync(ArchiveNames.SessionPrefix(tenant, session), cancellationToken))
        {
            return true;
        }

        return false;
    }

    private async Task<int> RemoveAsync(string tenant, string session, CancellationToken cancellationToken)
    {
        var removed = 0;
        var record = await sessions.FindSessionAsync(tenant, session, cancellationToken);
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
            removed += await archive.DeleteAsync(found.Name, cancellationToken) ? 1 : 0;
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
            var manifest = await sessions.FindManifestAsync(context, cancellationToken);
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

    private Task WriteAuditAsync(AuditRecord record, CancellationToken cancellationToken)
        => ReplaceAsync(ArchiveNames.Audit(record.Tenant, record.At, Guid.NewGuid()), record, ManifestJson.Readable.AuditRecord, cancellationToken);

    private async Task ReplaceAsync<T>(string name, T value, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var json = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(value, type));
        await archive.ReplaceAsync(name, json, ContextManifest.ContentType, cancellationToken);
    }
}
