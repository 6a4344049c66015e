using System.Collections.Immutable;
using TtsGrains.Protocol.Audio;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.Grains.Contexts.Log;

/// <summary>
/// What a log holds of the segment that is being spoken, as far as a finished upstream context has not spoken it to its end: all that is
/// needed to go on from there.
/// </summary>
/// <param name="Format">The form of the audio.</param>
/// <param name="Segment">The segment's number, from 1.</param>
/// <param name="SegmentBytes">Bytes of audio in the segment.</param>
/// <param name="Bytes">Those of them that belong to inputs which may have to be said again.</param>
/// <param name="EndBytes">Bytes of audio in the whole context.</param>
/// <param name="Words">The words of these inputs with their times in the context, s, as the last attempts told them.</param>
/// <param name="ToldWords">How many words of them the client was told.</param>
/// <param name="Phonemes">The phonemes that the client was told.</param>
/// <param name="EarliestWord">The latest start of a word that the client was told, s.</param>
/// <param name="AnchorWords">Behind how many words the last seam went on; 0 when there was none.</param>
/// <param name="AnchorSeconds">The time that the words behind these begin at: of the last seam, else of the first input, s.</param>
internal sealed record DeliveredSpeech(
    AudioFormat Format,
    int Segment,
    long SegmentBytes,
    long Bytes,
    long EndBytes,
    ImmutableArray<TimedText> Words,
    int ToldWords,
    ImmutableArray<TimedText> Phonemes,
    double EarliestWord,
    int AnchorWords,
    double AnchorSeconds)
{
    /// <summary>How long the context's audio is, s.</summary>
    public double EndSeconds => Format.DurationOf(EndBytes).TotalSeconds;

    /// <summary>Collects it from the frames of a segment.</summary>
    /// <param name="format">The form of the audio.</param>
    /// <param name="endBytes">Bytes of audio in the whole context.</param>
    /// <param name="segment">The segment.</param>
    /// <param name="entries">Its frames.</param>
    /// <param name="seam">Its last seam; null if there was none.</param>
    /// <param name="from">The offset behind what finished upstream contexts have said.</param>
    public static DeliveredSpeech Of(AudioFormat format, long endBytes, LoggedSegment segment, LogEntry[] entries, SegmentSeam? seam, int from)
    {
        var (segmentBytes, bytes) = (0L, 0L);
        List<TimedText> words = [];
        List<TimedText> phonemes = [];
        List<TimedText> toldBefore = [];
        for (var i = 0; i < entries.Length; i++)
        {
            var isPending = segment.From + i >= from;
            var entry = entries[i];
            if (entry.Kind == FrameKind.Chunk)
            {
                var length = Base64Length.DecodedFrom(entry.Payload.Span);
                segmentBytes += length;
                bytes += isPending ? length : 0;
            }
            else if (entry.Kind is FrameKind.Timestamps or FrameKind.PhonemeTimestamps)
            {
                TimestampsReader.TryRead(entry.Payload.Span, entry.Kind, entry.Kind == FrameKind.PhonemeTimestamps ? phonemes : isPending ? words : toldBefore);
            }
        }

        return new DeliveredSpeech(
            format,
            segment.FlushId,
            segmentBytes,
            bytes,
            endBytes,
            seam is null ? [.. words] : [.. seam.Words],
            words.Count,
            [.. phonemes],
            words.Concat(toldBefore).Select(word => word.Start).DefaultIfEmpty().Max(),
            seam?.AnchorWords ?? 0,
            seam?.AnchorSeconds ?? format.DurationOf(endBytes - bytes).TotalSeconds);
    }
}
