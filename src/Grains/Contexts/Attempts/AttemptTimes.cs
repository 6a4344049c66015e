using System.Buffers;
using TtsGrains.Grains.Contexts.Log;
using TtsGrains.Grains.Diagnostics;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.Grains.Contexts.Attempts;

/// <summary>Leads the word and phoneme times of one attempt into the log: without tags and repeats, in the time of the context.</summary>
/// <param name="log">The context's log.</param>
/// <param name="start">Where the attempt begins.</param>
/// <param name="cut">Leaves out what the client has; null if the attempt does not continue another.</param>
/// <param name="onDropped">Called for each frame that cannot be used.</param>
internal sealed class AttemptTimes(ContextLog log, AttemptStart start, SeamCut? cut, Action<FrameDrop> onDropped)
{
    private readonly Lock _gate = new();
    private (int Length, int Hash) _lastWords;
    private (int Length, int Hash) _lastPhonemes;

    /// <summary>Appends the times of a frame.</summary>
    public void Append(in ServerFrame frame)
    {
        if (frame.Timestamps.IsEmpty || IsRepeated(frame.Timestamps, frame.Kind))
        {
            return;
        }

        var hasTags = start.Markup.HasTags;
        if (!hasTags && TimestampsReader.IsStrict(frame.Timestamps, frame.Kind))
        {
            Append(frame.Kind, frame.Timestamps);
            return;
        }

        List<TimedText> items = [];
        if (!TimestampsReader.TryRead(frame.Timestamps, frame.Kind, items) || items.Count == 0)
        {
            onDropped(FrameDrop.BadTimestamps);
            return;
        }

        if (!hasTags)
        {
            Append(frame.Kind, items);
        }
        else if (frame.Kind == FrameKind.PhonemeTimestamps)
        {
            Append(frame.Kind, start.Markup.FilterPhonemes(items));
        }
        else
        {
            start.Markup.FilterWords(items);
            Append(frame.Kind, items);
            AppendPhonemes(isSegmentEnd: false);
        }
    }

    /// <summary>Appends the phonemes that have waited for their words.</summary>
    /// <param name="isSegmentEnd">True to append all: no more words follow.</param>
    public void AppendPhonemes(bool isSegmentEnd)
    {
        if (start.Markup.HasTags)
        {
            Append(FrameKind.PhonemeTimestamps, start.Markup.TakePhonemes(isSegmentEnd));
        }
    }

    private void Append(FrameKind kind, List<TimedText> items)
    {
        if (items.Count > 0)
        {
            var written = new ArrayBufferWriter<byte>(64 * (items.Count + 1));
            TimestampsWriter.Write(written, kind, items.ToArray());
            Append(kind, written.WrittenSpan);
        }
    }

    private void Append(FrameKind kind, ReadOnlySpan<byte> timestamps)
    {
        if (start is { IsSeam: false, StartSeconds: 0 })
        {
            log.AppendTimestamps(start.Attempt, kind, timestamps);
            return;
        }

        // A late end, found by a check of silence, brings the last phonemes on another thread.
        lock (_gate)
        {
            var moved = new ArrayBufferWriter<byte>(timestamps.Length + 64);
            if (TryMove(kind, timestamps, moved))
            {
                log.AppendTimestamps(start.Attempt, kind, moved.WrittenSpan);
            }
        }
    }

    // An upstream counts time from the start of its own context; what was spoken before it began comes on top.
    private bool TryMove(FrameKind kind, ReadOnlySpan<byte> timestamps, ArrayBufferWriter<byte> moved)
    {
        if (cut is null)
        {
            return TimestampRebase.TryWrite(moved, timestamps, start.StartSeconds);
        }

        if (!cut.TryMove(kind, timestamps, out var items, moved))
        {
            return false;
        }

        if (kind == FrameKind.Timestamps)
        {
            log.Attempts.NoteWords(start.Attempt, items);
        }

        return moved.WrittenCount > 0;
    }

    // Times only go forward: a frame that is the same as the one before it has been sent twice.
    private bool IsRepeated(ReadOnlySpan<byte> timestamps, FrameKind kind)
    {
        ref var last = ref kind == FrameKind.Timestamps ? ref _lastWords : ref _lastPhonemes;
        var hash = new HashCode();
        hash.AddBytes(timestamps);
        var (before, now) = (last, (timestamps.Length, hash.ToHashCode()));
        last = now;
        return before == now;
    }
}
