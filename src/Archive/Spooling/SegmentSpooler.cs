using TtsGrains.Archive.Encryption;
using TtsGrains.Archive.Manifests;
using TtsGrains.Archive.Recordings;
using TtsGrains.Archive.Stores;
using TtsGrains.Archive.Writing;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.Archive.Spooling;

/// <summary>
/// The first step of a context's archiving: writes into the spool what was handed over, so that it survives this process before the store is even
/// asked. Never throws for a disk that refuses: then the segment stays in memory.
/// </summary>
internal sealed class SegmentSpooler(ContextIdentity identity, SpoolAccount account, bool isEncrypted) : IDisposable
{
    private GrowingWav? _growing;
    private long _growingReserved;
    private string? _growingLost;

    /// <summary>The key to encrypt with. Without it, nothing is written to the disk that must be encrypted.</summary>
    public TenantKey? Key { get; set; }

    /// <summary>Whether anything can be written to the disk.</summary>
    public bool CanWrite => account.IsOnDisk && (Key is not null || !isEncrypted);

    /// <summary>Carries the work out.</summary>
    /// <returns>What waits for the store now; null when nothing does yet.</returns>
    public StagedWork? Stage(ArchiveWork work)
    {
        switch (work)
        {
            case ArchiveWork.StorePart part:
                Grow(part);
                return null;
            case ArchiveWork.StoreSegment segment:
                return StageSegment(segment);
            case ArchiveWork.NoteSegment note:
                Abandon(note.Entry.FlushId);
                return Note(note, note.Entry);
            case ArchiveWork.StoreManifest manifest:
                TryAppend(new SpoolLine(Summary: manifest.Summary));
                return new StagedWork.Manifest(manifest, manifest.Summary);
            case ArchiveWork.StoreUsage usage:
                return new StagedWork.Usage(usage);
            case ArchiveWork.CorrectUsage correction:
                // Not on disk: its journal may be gone by now.
                return new StagedWork.Correction(correction, correction.Summary);
            default:
                throw new ArgumentOutOfRangeException(nameof(work), work, "Unknown work.");
        }
    }

    public void Dispose() => _growing?.Dispose();

    private void Grow(ArchiveWork.StorePart part)
    {
        if (_growingLost is not null)
        {
            return;
        }

        var room = part.Audio.Sum(a => (long)ChunkAudio.GetMaxLength(a.Length));
        if (!CanWrite || !account.TryTake(room))
        {
            _growingLost = LostReason.BacklogFull;
            return;
        }

        _growingReserved += room;
        try
        {
            _growing ??= new GrowingWav(identity.Format, Create(part.FlushId, Wav.HeaderLength(identity.Format.Encoding)));
            _growingLost = _growing.TryAppend(part.Audio) ? null : LostReason.TooLong;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            _growingLost = LostReason.BacklogFull;
        }
    }

    private StagedWork StageSegment(ArchiveWork.StoreSegment work)
    {
        var segment = work.Segment;
        if (_growing is not null || _growingLost is not null)
        {
            return FinishGrowing(work);
        }

        if (segment.Audio.Count == 0)
        {
            return Note(work, ManifestEntries.Of(segment, identity.Format, 0, 0));
        }

        // Read in place: nothing that is decoded here outlives this call.
        using var content = WavContent.Decode(identity.Format, segment.Audio);
        var entry = ManifestEntries.Of(segment, identity.Format, content);
        if (content.Audio.Length == 0)
        {
            return Note(work, entry with { File = null, Sha256 = null, AudioSha256 = null });
        }

        var bytes = SpoolFile.LengthOf(content.File.Length, Key);
        if (!CanWrite || !account.TryTake(bytes))
        {
            return new StagedWork.InMemory(work, segment);
        }

        try
        {
            using (var file = Create(segment.FlushId, beginning: 0))
            {
                file.Append(content.File.Span);
                file.Finish([]);
            }

            account.Append(identity, new SpoolLine(Segment: entry), Key);
            return new StagedWork.Spooled(work, entry, bytes);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            TryRemove(segment.FlushId, bytes);
            return new StagedWork.InMemory(work, segment);
        }
    }

    private StagedWork FinishGrowing(ArchiveWork.StoreSegment work)
    {
        var segment = work.Segment;
        Grow(new ArchiveWork.StorePart(segment.FlushId, segment.Audio));
        try
        {
            if (_growingLost is null && _growing is { } file)
            {
                var (sha, audioSha) = file.Finish();
                var entry = ManifestEntries.Of(segment, identity.Format, file.AudioBytes, file.UnreadableChunks) with
                {
                    File = ArchiveNames.SegmentFile(segment.FlushId),
                    Sha256 = sha,
                    AudioSha256 = audioSha,
                };
                account.Append(identity, new SpoolLine(Segment: entry), Key);
                file.Dispose();
                _growing = null;
                return new StagedWork.Spooled(work, entry, Interlocked.Exchange(ref _growingReserved, 0));
            }
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            _growingLost = LostReason.BacklogFull;
        }

        var lost = ManifestEntries.WithoutAudio(segment) with { Lost = _growingLost };
        Abandon(segment.FlushId);
        return Note(work, lost);
    }

    private SpoolFile Create(int flushId, int beginning) => SpoolFile.Create(
        account.AudioPath(flushId), beginning, ArchiveNames.Segment(identity.Tenant, identity.Session, identity.Ordinal, identity.Context, flushId), Key);

    private void Abandon(int flushId)
    {
        if (_growing is not null)
        {
            _growing.Dispose();
            TryRemove(flushId, _growingReserved);
        }
        else
        {
            account.Release(_growingReserved);
        }

        _growing = null;
        _growingReserved = 0;
        _growingLost = null;
    }

    private StagedWork.Noted Note(ArchiveWork work, ManifestSegment entry)
    {
        TryAppend(new SpoolLine(Segment: entry));
        return new StagedWork.Noted(work, entry);
    }

    // Without its line a manifest lacks the segment only when this process ends before it is stored.
    private void TryAppend(SpoolLine line)
    {
        if (!CanWrite)
        {
            return;
        }

        try
        {
            account.Append(identity, line, Key);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
        }
    }

    private void TryRemove(int flushId, long bytes)
    {
        try
        {
            account.Remove(flushId, bytes);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            account.Release(bytes);
        }
    }
}
