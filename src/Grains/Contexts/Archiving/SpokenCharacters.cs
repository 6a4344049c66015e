using TtsGrains.Archive.Manifests;
using TtsGrains.Grains.Contexts.Log;
using TtsGrains.Grains.Contexts.Words;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.Grains.Contexts.Archiving;

/// <summary>
/// Counts the pushed characters of a context that are said at a point of its audio. A segment that is over counts as a whole; a part of one counts up to its
/// last whole word, so without word times not at all.
/// </summary>
/// <param name="log">The frames.</param>
/// <param name="texts">What was pushed, segment by segment.</param>
internal sealed class SpokenCharacters(ContextLog log, IReadOnlyList<string> texts)
{
    /// <summary>Counts the characters whose audio is in the frames before an offset; null for all frames.</summary>
    public int Before(int? offset) => Count(Math.Clamp(offset ?? int.MaxValue, 0, log.Count), double.MaxValue);

    /// <summary>Counts the characters of which this much audio has the end, ms.</summary>
    public int Until(double playedMs) => Count(log.Count, playedMs);

    private int Count(int frames, double playedMs)
    {
        var (characters, from, bytes) = (0, 0, 0L);
        var entries = log.Slice(0, frames);
        for (var i = 0; i < entries.Length; i++)
        {
            bytes += entries[i].Kind == FrameKind.Chunk ? Base64Length.DecodedFrom(entries[i].Payload.Span) : 0;
            if (entries[i].Kind is not (FrameKind.FlushDone or FrameKind.Done))
            {
                continue;
            }

            // The end of a segment is behind all of its audio.
            if (playedMs < Milliseconds(bytes))
            {
                return characters + CountWords(entries.AsSpan(from, i + 1 - from), playedMs);
            }

            characters += TextOf(entries[i].FlushId).Length;
            from = i + 1;
        }

        return characters + CountWords(entries.AsSpan(from), Math.Min(playedMs, Milliseconds(bytes)));
    }

    private int CountWords(ReadOnlySpan<LogEntry> segment, double untilMs)
    {
        if (segment.IsEmpty)
        {
            return 0;
        }

        var text = TextOf(segment[0].FlushId);
        var words = WireWords.Parse([.. segment.ToArray().Where(entry => entry.Kind == FrameKind.Timestamps).Select(entry => entry.Payload)]);
        var ends = WordAligner.Follow(text, [.. words.Select(word => new TimedText(word.Word, word.Start, word.End))]);
        var said = 0;
        for (var i = 0; i < ends.Length; i++)
        {
            said = ends[i] != WordAligner.Unknown && words[i].End * 1000 <= untilMs ? Math.Max(said, ends[i]) : said;
        }

        return Math.Min(said, text.Length);
    }

    private string TextOf(int flushId) => flushId <= texts.Count ? texts[flushId - 1] : "";

    private double Milliseconds(long bytes) => log.Format.DurationOf(bytes).TotalMilliseconds;
}
