using TtsGrains.Protocol.Audio;

namespace TtsGrains.Grains.Archive;

/// <summary>
/// Writes the files of one context, one after the other, and gathers what its manifest will say. Every step may be tried again after it threw.
/// </summary>
internal sealed class ContextFiles(ContextIdentity identity, ISegmentArchive archive, DayMarkers days)
{
    private readonly string _prefix = ArchiveNames.ContextPrefix(identity.Tenant, identity.Session, identity.Ordinal, identity.Context);
    private readonly List<ManifestSegment> _segments = [];

    /// <summary>Carries the work out. Returns what became of it beyond "stored".</summary>
    public async Task<StoreResult> StoreAsync(ArchiveWork work, CancellationToken cancellationToken)
    {
        // First of all, so that what is stored before a crash can be found by its day.
        await days.MarkAsync(identity.Tenant, DateOnly.FromDateTime(identity.CreatedAt.UtcDateTime), identity.Session, cancellationToken);
        switch (work)
        {
            case ArchiveWork.StoreSegment { Segment: var segment }:
                var stored = await StoreSegmentAsync(segment, cancellationToken);
                _segments.Add(stored);
                return new StoreResult(stored.UnreadableChunks, NameTaken: stored.Lost is not null);
            case ArchiveWork.NoteLostSegment note:
                _segments.Add(Without(note));
                return default;
            case ArchiveWork.StoreManifest { Summary: var summary }:
                using (var json = new MemoryStream(ManifestOf(summary).ToJson()))
                {
                    await archive.WriteAsync(_prefix + ArchiveNames.ManifestFile, json, ContextManifest.ContentType, cancellationToken);
                }

                return default;
            default:
                throw new ArgumentOutOfRangeException(nameof(work), work, "Unknown work.");
        }
    }

    private async Task<ManifestSegment> StoreSegmentAsync(FinishedSegment segment, CancellationToken cancellationToken)
    {
        var content = WavContent.Decode(identity.Format, segment.Audio);
        var entry = new ManifestSegment(
            segment.FlushId,
            File: null,
            segment.Ending,
            segment.Text,
            content.Audio.Length,
            Milliseconds(content.Audio.Length),
            Sha256: null,
            AudioSha256: null,
            segment.StartedAt,
            segment.FinishedAt,
            WireWords.Parse(segment.WordTimestamps))
        {
            UnreadableChunks = content.UnreadableChunks,
            Frames = segment.Frames,
        };
        if (content.Audio.Length > 0)
        {
            var file = ArchiveNames.SegmentFile(segment.FlushId);
            var isStored = await WriteAsync(_prefix + file, content, cancellationToken);
            entry = isStored
                ? entry with { File = file, Sha256 = content.FileSha256, AudioSha256 = content.AudioSha256 }
                : entry with { Lost = LostReason.NameTaken };
        }

        // Not in a finally: after a failed write the store's client may still be reading the buffer.
        content.Dispose();
        return entry;
    }

    // A file that is there already is our own earlier try, unless an ordinal was given twice. Then the manifest must not vouch for it.
    private async Task<bool> WriteAsync(string name, WavContent content, CancellationToken cancellationToken)
    {
        using var stream = content.OpenRead();
        return await archive.WriteAsync(name, stream, Wav.ContentType, cancellationToken) == ArchiveWrite.Created
            || await archive.GetLengthAsync(name, cancellationToken) == content.File.Length;
    }

    private static ManifestSegment Without(ArchiveWork.NoteLostSegment note)
        => new(note.FlushId, File: null, note.Ending, Text: "", Bytes: 0, DurationMs: 0, Sha256: null, AudioSha256: null, note.StartedAt, note.FinishedAt, Words: [])
        {
            Lost = note.Reason,
        };

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
        new ManifestTotals(Milliseconds(_segments.Where(s => s.File is not null).Sum(s => s.Bytes)), summary.Text.Length),
        summary.Seams)
    {
        Tail = summary.Tail,
    };

    private double Milliseconds(long bytes) => Math.Round(identity.Format.DurationOf(bytes).TotalMilliseconds, 3);
}

/// <summary>What the log should hear of a stored work.</summary>
internal readonly record struct StoreResult(int UnreadableChunks, bool NameTaken);

/// <summary>Why a manifest lists a segment without its file.</summary>
public static class LostReason
{
    /// <summary>The store was away for longer than memory lasted.</summary>
    public const string BacklogFull = "backlog_full";

    /// <summary>Another file has the segment's name.</summary>
    public const string NameTaken = "name_taken";
}
