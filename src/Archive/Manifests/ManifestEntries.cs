using TtsGrains.Archive.Recordings;
using TtsGrains.Archive.Stores;
using TtsGrains.Archive.Writing;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.Archive.Manifests;

/// <summary>What the manifest says of a segment.</summary>
internal static class ManifestEntries
{
    /// <summary>A segment with its file.</summary>
    public static ManifestSegment Of(FinishedSegment segment, AudioFormat format, WavContent content)
        => Of(segment, format, content.Audio.Length, content.UnreadableChunks) with
        {
            File = ArchiveNames.SegmentFile(segment.FlushId),
            Sha256 = content.FileSha256,
            AudioSha256 = content.AudioSha256,
        };

    /// <summary>A segment whose file is not known yet, or that has none.</summary>
    public static ManifestSegment Of(FinishedSegment segment, AudioFormat format, long audioBytes, int unreadableChunks) => new(
        segment.FlushId,
        File: null,
        segment.Ending,
        segment.Text,
        audioBytes,
        Milliseconds(format, audioBytes),
        Sha256: null,
        AudioSha256: null,
        segment.StartedAt,
        segment.FinishedAt,
        WireWords.Parse(segment.WordTimestamps))
    {
        UnreadableChunks = unreadableChunks,
        Frames = segment.Frames,
    };

    /// <summary>A segment whose audio and text the archive does not have.</summary>
    public static ManifestSegment WithoutAudio(FinishedSegment segment) => new(
        segment.FlushId, File: null, segment.Ending, Text: "", Bytes: 0, DurationMs: 0, Sha256: null, AudioSha256: null, segment.StartedAt, segment.FinishedAt, Words: []);

    public static double Milliseconds(AudioFormat format, long bytes) => Math.Round(format.DurationOf(bytes).TotalMilliseconds, 3);
}
