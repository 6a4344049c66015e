using TtsGrains.Protocol.Audio;

namespace TtsGrains.Grains.Archive;

/// <summary>
/// The second step of a context's archiving: writes its files into the store, one after the other, and gathers what its manifest will say. Every step
/// may be tried again after it threw.
/// </summary>
internal sealed class ContextFiles(ContextIdentity identity, ISegmentArchive archive, DayMarkers days, Erasures erasures, SpoolAccount account)
{
    private readonly string _prefix = ArchiveNames.ContextPrefix(identity.Tenant, identity.Session, identity.Ordinal, identity.Context);
    private readonly List<ManifestSegment> _segments = [];

    /// <summary>Takes up a segment that an earlier process has stored.</summary>
    public void AddStored(ManifestSegment entry) => _segments.Add(entry);

    /// <summary>Carries the work out. Returns what became of it beyond "stored".</summary>
    /// <param name="work">What waits for the store.</param>
    /// <param name="isLate">Whether it waits for longer than usual: then its session may have been erased by another process.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<StoreResult> StoreAsync(StagedWork work, bool isLate, CancellationToken cancellationToken)
    {
        if (await erasures.IsErasedAsync(identity, isLate, cancellationToken))
        {
            Drop(work);
            return default;
        }

        // First of all, so that what is stored before a crash can be found by its day.
        await days.MarkAsync(identity, cancellationToken);
        var written = await WriteAsync(work, cancellationToken);

        if (await erasures.WasErasedMeanwhileAsync(identity, cancellationToken))
        {
            await archive.DeleteAsync(written.Name ?? _prefix + ArchiveNames.ManifestFile, cancellationToken);
            await days.UnmarkAsync(identity, cancellationToken);
        }

        // Last of all: whatever fails before this is tried again, and finds all that it needs.
        Finish(work, written.Entry);
        return written.Result;
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
                return new Written(noted.Entry, IsStored: true, Name: null);
            case StagedWork.Manifest { Summary: var summary }:
                await WriteManifestAsync(ManifestOf(summary).ToJson(), cancellationToken);
                return new Written(Entry: null, IsStored: true, Name: null);
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
        if (await archive.WriteAsync(name, json, ContextManifest.ContentType, cancellationToken) == ArchiveWrite.AlreadyThere
            && identity.WasReopened
            && await ReadManifestAsync(name, cancellationToken) is { ProcessEnded: true })
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
        bool isStored;
        await using (var content = new FileStream(
            account.AudioPath(entry.FlushId), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, useAsync: true))
        {
            isStored = await WriteAsync(name, content, cancellationToken);
        }

        if (!isStored)
        {
            entry = entry with { File = null, Sha256 = null, AudioSha256 = null, Lost = LostReason.NameTaken };
            account.Append(identity, new SpoolLine(Segment: entry));
        }

        return new Written(entry, isStored, isStored ? name : null);
    }

    private async Task<Written> StoreFromMemoryAsync(FinishedSegment segment, CancellationToken cancellationToken)
    {
        var content = WavContent.Decode(identity.Format, segment.Audio);
        var entry = ManifestEntries.Of(segment, identity.Format, content);
        bool isStored;
        using (var stream = content.OpenRead())
        {
            isStored = await WriteAsync(_prefix + entry.File, stream, cancellationToken);
        }

        // Not in a finally: after a failed write the store's client may still be reading the buffer.
        content.Dispose();
        return new Written(isStored ? entry : entry with { File = null, Sha256 = null, AudioSha256 = null, Lost = LostReason.NameTaken }, isStored, isStored ? _prefix + entry.File : null);
    }

    // A file that is there already is our own earlier try, unless an ordinal was given twice. Then the manifest must not vouch for it.
    private async Task<bool> WriteAsync(string name, Stream content, CancellationToken cancellationToken)
    {
        var length = content.Length;
        return await archive.WriteAsync(name, content, Wav.ContentType, cancellationToken) == ArchiveWrite.Created
            || await archive.GetLengthAsync(name, cancellationToken) == length;
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

    private ContextManifest ManifestOf(ContextSummary summary) => new(
        identity.Tenant,
        identity.Session,
        identity.Context,
        identity.Ordinal,
        identity.Voice,
        identity.Model,
        identity.Language,
        new ManifestFormat(identity.Format.Encoding.ToWireName(), identity.Format.SampleRate),
        summary.Upstream,
        identity.CreatedAt,
        summary.FinishedAt,
        summary.Outcome,
        summary.Text,
        _segments,
        ManifestEntries.Milliseconds(identity.Format, _segments.Where(s => s.File is not null).Sum(s => s.Bytes)),
        summary.Text.Length,
        summary.Seams)
    {
        SessionStartedAt = identity.SessionStartedAt,
        Tail = summary.Tail,
        Interrupt = summary.Interrupt,
        ProcessEnded = summary.ProcessEnded,
    };

    /// <param name="Entry">What the manifest will say of it; null for the manifest itself.</param>
    /// <param name="IsStored">Whether it has its name for itself.</param>
    /// <param name="Name">What was stored; null for nothing that could be deleted again, or the manifest.</param>
    private readonly record struct Written(ManifestSegment? Entry, bool IsStored, string? Name)
    {
        public StoreResult Result => new(Entry?.UnreadableChunks ?? 0, !IsStored);
    }
}

/// <summary>What the log should hear of a stored work.</summary>
internal readonly record struct StoreResult(int UnreadableChunks, bool NameTaken);

/// <summary>Why a manifest lists a segment without its file.</summary>
public static class LostReason
{
    /// <summary>The store was away for longer than spool and memory lasted.</summary>
    public const string BacklogFull = "backlog_full";

    /// <summary>Another file has the segment's name.</summary>
    public const string NameTaken = "name_taken";

    /// <summary>It has more audio than a WAV file can hold.</summary>
    public const string TooLong = "too_long";

    /// <summary>What lay in the spool was not what had been written there.</summary>
    public const string SpoolDamaged = "spool_damaged";
}
