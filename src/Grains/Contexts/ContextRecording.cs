using System.Text;
using TtsGrains.Grains.Archive;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.Grains.Contexts;

/// <summary>What was pushed, by segment and as a whole, and how it is handed to the archive together with what the log holds of it.</summary>
internal sealed class ContextRecording(ContextLog log, string apiVersion, TimeProvider time)
{
    private readonly List<PushedSegment> _pushed = [new PushedSegment(time.GetUtcNow())];

    private ManifestFrames? _tail;

    /// <summary>Notes a push.</summary>
    public void Add(ContextInput input)
    {
        var current = _pushed[^1];
        if (current.Text.Length == 0)
        {
            current.StartedAt = time.GetUtcNow();
        }

        current.Text.Append(input.Text);
        if (input.Flush)
        {
            _pushed.Add(new PushedSegment(time.GetUtcNow()));
        }
    }

    /// <summary>Hands over the segments that have ended since the last call.</summary>
    /// <param name="recorder">Takes them.</param>
    /// <param name="ending">Why the last one ended, when no flush ended it.</param>
    public void HandOver(ContextRecorder recorder, SegmentEnding ending)
    {
        foreach (var segment in log.TakeFinishedSegments())
        {
            var finished = Collect(segment, ending);

            // The rest of a context after its last flush is a segment only when there is something in it.
            if (segment.IsFlushed || finished.Audio.Count > 0 || !string.IsNullOrWhiteSpace(finished.Text))
            {
                recorder.SegmentFinished(finished);
            }
            else
            {
                _tail = finished.Frames;
            }
        }
    }

    /// <summary>What the manifest says of the whole.</summary>
    public ContextSummary Summarize(ContextOutcome outcome, string? upstream)
        => new(outcome, string.Concat(_pushed.Select(segment => segment.Text.ToString())), upstream, time.GetUtcNow()) { Tail = _tail };

    private FinishedSegment Collect(LoggedSegment segment, SegmentEnding ending)
    {
        var audio = new List<ReadOnlyMemory<byte>>();
        var words = new List<ReadOnlyMemory<byte>>();
        var frames = new List<ManifestFrame>();
        string? error = null;
        foreach (var entry in log.Slice(segment.From, segment.To))
        {
            frames.Add(new ManifestFrame(entry.Kind, SizeOf(entry)));
            if (entry.Kind == FrameKind.Chunk)
            {
                audio.Add(entry.Payload);
            }
            else if (entry.Kind == FrameKind.Timestamps)
            {
                words.Add(entry.Payload);
            }
            else if (entry.Kind == FrameKind.Error)
            {
                error = Encoding.UTF8.GetString(entry.Frame.Span);
            }
        }

        var pushed = segment.FlushId <= _pushed.Count ? _pushed[segment.FlushId - 1] : null;
        var now = time.GetUtcNow();
        return new FinishedSegment(
            segment.FlushId,
            segment.IsFlushed ? SegmentEnding.Flush : ending,
            pushed?.Text.ToString() ?? "",
            audio,
            words,
            pushed?.StartedAt ?? now,
            now)
        {
            Frames = frames.Count == 0 ? null : ManifestFrames.Of(segment.From, apiVersion, frames, error),
        };
    }

    private static int SizeOf(in LogEntry entry) => entry.Kind switch
    {
        FrameKind.Chunk => Base64Length.DecodedFrom(entry.Payload.Span),
        FrameKind.Timestamps => WireWords.Count(entry.Payload),
        _ => 0,
    };

    private sealed class PushedSegment(DateTimeOffset startedAt)
    {
        public StringBuilder Text { get; } = new();

        public DateTimeOffset StartedAt { get; set; } = startedAt;
    }
}
