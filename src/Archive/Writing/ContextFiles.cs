using System.Diagnostics;
using TtsGrains.Archive.Encryption;
using TtsGrains.Archive.Manifests;
using TtsGrains.Archive.Recordings;
using TtsGrains.Archive.Removal;
using TtsGrains.Archive.Spooling;
using TtsGrains.Archive.Stores;
using TtsGrains.Archive.Usage;
using TtsGrains.Grains.Interfaces;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.Archive.Writing;

/// <summary>
/// The second step of a context's archiving: writes its files into the store, one after the other, and gathers what its manifest will say. Every step
/// may be tried again after it threw.
/// </summary>
internal sealed class ContextFiles(
    ContextIdentity identity, ISegmentArchive archive, DayMarkers days, Erasures erasures, SpoolAccount account, UsageLedger usage, ArchiveChanges changes)
{
    private readonly string _prefix = ArchiveNames.ContextPrefix(identity.Tenant, identity.Session, identity.Ordinal, identity.Context);
    private readonly List<ManifestSegment> _segments = [];

    // Names with their bytes.
    private readonly Dictionary<string, long> _stored = new(StringComparer.Ordinal);

    /// <summary>Takes up a segment that an earlier process has stored.</summary>
    public void AddStored(ManifestSegment entry) => _segments.Add(entry);

    /// <summary>Carries the work out. Returns what became of it beyond "stored".</summary>
    /// <param name="work">What waits for the store.</param>
    /// <param name="isLate">Whether it waits for longer than usual: then its session may have been erased by another process.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<StoreResult> StoreAsync(StagedWork work, bool isLate, CancellationToken cancellationToken)
    {
        var span = StartSpan(work);
        try
        {
            var result = await StoreUntracedAsync(work, isLate, cancellationToken);
            span.End();
            return result;
        }
        catch (Exception failure)
        {
            span.End(failure.GetType().Name);
            throw;
        }
    }

    private Activity? StartSpan(StagedWork work)
    {
        var span = TraceSpans.Start("tts.archive.write", TraceSpans.Parse(identity.TraceParent));
        span?.SetTag("tts.archive.object", work is StagedWork.Manifest ? "manifest" : "segment");
        return span;
    }

    private async Task<StoreResult> StoreUntracedAsync(StagedWork work, bool isLate, CancellationToken cancellationToken)
    {
        if (work is StagedWork.Noted { Entry: { File: { } stored } entry })
        {
            // An earlier process has stored it.
            _stored[_prefix + stored] = LengthOf(entry);
        }

        if (work is StagedWork.Usage { Store: var store })
        {
            await usage.WriteAsync(store.Record, cancellationToken);
            store.OnStored?.Invoke();
            return default;
        }

        if (work is StagedWork.Correction { Summary: var corrected })
        {
            await usage.ReplaceAsync(ContextRecords.UsageOf(identity, _segments, corrected), cancellationToken);
            return default;
        }

        // Before the erasure is looked at: usage is kept when speech is erased.
        if (work is StagedWork.Manifest { Summary: var summary })
        {
            await usage.WriteAsync(ContextRecords.UsageOf(identity, _segments, summary), cancellationToken);
            if (identity.IsUsageOnly)
            {
                Drop(work);
                return default;
            }
        }

        if (await erasures.IsErasedAsync(identity, isLate, cancellationToken))
        {
            await RemoveStoredAsync(work, cancellationToken);
            Drop(work);
            return default;
        }

        // First of all, so that what is stored before a crash can be found by its day.
        await days.MarkAsync(identity, cancellationToken);
        var written = await WriteAsync(work, cancellationToken);

        // The store is asked once for the whole context: a request for each segment would double the requests.
        if (written.Name is { } name)
        {
            _stored[name] = written.Bytes;
        }

        if (await erasures.WasErasedMeanwhileAsync(identity, askStore: work is StagedWork.Manifest, cancellationToken))
        {
            await RemoveStoredAsync(work, cancellationToken);
        }

        // Last of all: whatever fails before this is tried again, and finds all that it needs.
        Finish(work, written.Entry);
        return written.Result;
    }

    // Segments that were stored after another process erased the session go no later than with the context's manifest.
    private async Task RemoveStoredAsync(StagedWork work, CancellationToken cancellationToken)
    {
        if (_stored.Count == 0 && work is not StagedWork.Manifest)
        {
            return;
        }

        foreach (var (name, bytes) in _stored)
        {
            if (await archive.DeleteAsync(name, cancellationToken))
            {
                changes.Add(identity.Tenant, -bytes);
            }
        }

        _stored.Clear();
        await days.UnmarkAsync(identity, cancellationToken);
    }

    /// <summary>Has the disk keep the segment, since it will have to wait.</summary>
    public void Sync(StagedWork work)
    {
        if (work is StagedWork.Spooled spooled)
        {
            account.Sync(spooled.Entry.FlushId);
        }
    }

    private async Task<Written> WriteAsync(StagedWork work, CancellationToken cancellationToken)
    {
        switch (work)
        {
            case StagedWork.Spooled spooled:
                return await StoreSpooledAsync(spooled, cancellationToken);
            case StagedWork.InMemory memory:
                return await StoreFromMemoryAsync(memory.Segment, cancellationToken);
            case StagedWork.Noted noted:
                return new Written(noted.Entry, IsStored: true, Name: null, Bytes: 0);
            case StagedWork.Manifest { Summary: var summary }:
                var manifest = ContextRecords.ManifestOf(identity, _segments, summary).ToJson();
                await WriteManifestAsync(manifest, cancellationToken);
                return new Written(Entry: null, IsStored: true, _prefix + ArchiveNames.ManifestFile, manifest.Length);
            default:
                throw new ArgumentOutOfRangeException(nameof(work), work, "Unknown work.");
        }
    }

    private void Finish(StagedWork work, ManifestSegment? entry)
    {
        Drop(work);
        if (entry is not null)
        {
            _segments.Add(entry);
        }
    }

    private async Task WriteManifestAsync(byte[] manifest, CancellationToken cancellationToken)
    {
        var name = _prefix + ArchiveNames.ManifestFile;
        using var json = new MemoryStream(manifest);
        if (Count(await archive.WriteAsync(name, json, ContextManifest.ContentType, cancellationToken), manifest.Length) == ArchiveWrite.AlreadyThere
            && identity.WasReopened
            && await ReadManifestAsync(name, cancellationToken).UnlessUnreadableAsync() is null or { ProcessEnded: true })
        {
            json.Position = 0;
            await archive.ReplaceAsync(name, json, ContextManifest.ContentType, cancellationToken);
        }
    }

    private async Task<ContextManifest?> ReadManifestAsync(string name, CancellationToken cancellationToken)
        => await archive.ReadAsync(name, cancellationToken) is { } json ? ContextManifest.FromJson(json.ToMemory().Span) : null;

    private async Task<Written> StoreSpooledAsync(StagedWork.Spooled spooled, CancellationToken cancellationToken)
    {
        var entry = spooled.Entry;
        var name = _prefix + entry.File;
        var path = account.AudioPath(entry.FlushId);
        var length = LengthOf(entry);
        var written = Count(await archive.WriteFileAsync(name, path, Wav.ContentType, cancellationToken), length);
        var isStored = await IsOursAsync(written, name, length, cancellationToken);
        if (!isStored)
        {
            entry = entry with { File = null, Sha256 = null, AudioSha256 = null, Lost = LostReason.NameTaken };
            account.Append(identity, new SpoolLine(Segment: entry), key: null);
        }

        return new Written(entry, isStored, isStored ? name : null, length);
    }

    private async Task<Written> StoreFromMemoryAsync(FinishedSegment segment, CancellationToken cancellationToken)
    {
        var content = WavContent.Decode(identity.Format, segment.Audio);
        var entry = ManifestEntries.Of(segment, identity.Format, content);
        bool isStored;
        using (var stream = content.OpenRead())
        {
            var name = _prefix + entry.File;
            var written = Count(await archive.WriteAsync(name, stream, Wav.ContentType, cancellationToken), content.File.Length);
            isStored = await IsOursAsync(written, name, content.File.Length, cancellationToken);
        }

        // Not in a finally: after a failed write the store's client may still be reading the buffer.
        content.Dispose();
        return isStored
            ? new Written(entry, IsStored: true, _prefix + entry.File, LengthOf(entry))
            : new Written(entry with { File = null, Sha256 = null, AudioSha256 = null, Lost = LostReason.NameTaken }, IsStored: false, Name: null, Bytes: 0);
    }

    private long LengthOf(ManifestSegment entry) => Wav.HeaderLength(identity.Format.Encoding) + entry.Bytes + Wav.PaddingLength(entry.Bytes);

    // A file that is there already is our own earlier try, unless an ordinal was given twice. Then the manifest must not vouch for it.
    private async Task<bool> IsOursAsync(ArchiveWrite written, string name, long length, CancellationToken cancellationToken)
        => written == ArchiveWrite.Created || await archive.GetLengthAsync(name, cancellationToken) == length;

    // A write whose answer was lost is not counted; the next count of the whole has it.
    private ArchiveWrite Count(ArchiveWrite written, long bytes)
    {
        if (written == ArchiveWrite.Created)
        {
            changes.Add(identity.Tenant, bytes);
        }

        return written;
    }

    private void Drop(StagedWork work)
    {
        if (work is StagedWork.Spooled spooled)
        {
            account.Remove(spooled.Entry.FlushId, spooled.Reserved);
        }
        else if (work is StagedWork.Manifest)
        {
            account.Close();
        }
    }

    /// <param name="Entry">What the manifest will say of it; null for the manifest itself.</param>
    /// <param name="IsStored">Whether it has its name for itself.</param>
    /// <param name="Name">The stored object; null if nothing was stored.</param>
    /// <param name="Bytes">Its size.</param>
    private readonly record struct Written(ManifestSegment? Entry, bool IsStored, string? Name, long Bytes)
    {
        public StoreResult Result => new(Entry?.UnreadableChunks ?? 0, !IsStored);
    }
}

/// <summary>What the log should hear of a stored work.</summary>
internal readonly record struct StoreResult(int UnreadableChunks, bool NameTaken);
