using TtsGrains.Grains.Contexts.Attempts;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.Grains.Contexts.Log;

/// <content>Which attempt may append, and what there is to go on from when one is lost.</content>
public sealed partial class ContextLog
{
    private const int NoAttempt = -1;

    private int _attempt;
    private AttemptStart? _start;
    private SegmentSeam? _seam;

    /// <summary>The attempt that may append.</summary>
    internal int Attempt => Volatile.Read(ref _attempt);

    /// <summary>Whether the upstream still owes the end of a segment.</summary>
    internal bool IsFlushDue
    {
        get
        {
            lock (_gate)
            {
                return _segments.IsFlushDue;
            }
        }
    }

    /// <summary>The segment that frames belong to now, from 1.</summary>
    internal int Segment
    {
        get
        {
            lock (_gate)
            {
                return _segments.Current;
            }
        }
    }

    /// <summary>From now on only this attempt appends.</summary>
    /// <param name="attempt">Counts the attempts, from 1.</param>
    /// <param name="watch">Finds out when it is silent for too long.</param>
    /// <param name="plan">How it continues where another was lost; null if it begins with new text.</param>
    internal void BeginAttempt(int attempt, ProgressWatch watch, ResumePlan? plan = null)
    {
        lock (_gate)
        {
            _attempt = attempt;
            if (plan is null)
            {
                _start = new AttemptStart(attempt, Format.DurationOf(AudioBytes).TotalSeconds) { Watch = watch };
                _seam = null;
                return;
            }

            // Nothing may have been left to say of the segment that was broken off; then this is the next one.
            var goesOn = plan.Segment == _segments.Current;
            _start = new AttemptStart(
                attempt,
                plan.StartSeconds,
                plan.SkipBytes,
                goesOn ? plan.SkipWords : 0,
                goesOn ? plan.SkipPhonemes : 0,
                plan.EarliestWord,
                plan.EarliestPhoneme,
                IsSeam: true)
            { Watch = watch };
            _seam = goesOn ? new SegmentSeam(plan.Words.Length, plan.StartSeconds, plan.Words) : new SegmentSeam(0, plan.StartSeconds, []);
        }
    }

    /// <summary>No attempt appends until the next one begins.</summary>
    internal void EndAttempt()
    {
        lock (_gate)
        {
            (_attempt, _start) = (NoAttempt, null);
        }
    }

    /// <summary>Where an attempt begins; null when it was given up already.</summary>
    internal AttemptStart? StartOf(int attempt)
    {
        lock (_gate)
        {
            return _attempt == attempt ? _start : null;
        }
    }

    /// <summary>Notes text that an attempt is given to speak. Must come before the text is sent.</summary>
    internal void RecordSent(int attempt, string text) => StartOf(attempt)?.Markup.Append(text);

    /// <summary>Notes the words of an attempt behind a seam, those too that the client was told before.</summary>
    internal void NoteWords(int attempt, IEnumerable<TimedText> words)
    {
        lock (_gate)
        {
            if (_attempt == attempt)
            {
                _seam?.Words.AddRange(words);
            }
        }
    }

    /// <summary>The flushes that are still expected will be expected anew.</summary>
    internal void ForgetFlushes()
    {
        lock (_gate)
        {
            _segments.Forget();
        }
    }

    /// <summary>Gets the frames of the segment that is being spoken. Call it only while no attempt appends.</summary>
    /// <param name="from">The offset behind what finished upstream contexts have said.</param>
    internal DeliveredSpeech ReadDelivered(int from)
    {
        LoggedSegment segment;
        LogEntry[] entries;
        SegmentSeam? seam;
        lock (_gate)
        {
            segment = _segments.Growing(_count);
            entries = _entries[segment.From.._count];
            seam = _seam;
        }

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
            Format,
            segment.FlushId,
            segmentBytes,
            bytes,
            AudioBytes,
            seam is null ? [.. words] : [.. seam.Words],
            words.Count,
            [.. phonemes],
            words.Concat(toldBefore).Select(word => word.Start).DefaultIfEmpty().Max(),
            seam?.AnchorWords ?? 0,
            seam?.AnchorSeconds ?? Format.DurationOf(AudioBytes - bytes).TotalSeconds);
    }
}
