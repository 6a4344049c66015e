using System.Text;
using TtsGrains.Archive.Manifests;
using TtsGrains.Archive.Usage;
using TtsGrains.Archive.Writing;
using TtsGrains.Grains.Contexts.Lifecycle;
using TtsGrains.Grains.Contexts.Log;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.Grains.Contexts.Archiving;

/// <summary>What was pushed, by segment and as a whole, and how it is handed to the archive together with what the log holds of it.</summary>
internal sealed class ContextRecording(OpenedContext context, TimeProvider time)
{
    private readonly ContextLog _log = context.Log;

    private readonly List<PushedSegment> _pushed = [new PushedSegment(time.GetUtcNow())];

    private ManifestFrames? _tail;

    // The offset behind the last chunk that the archive has got as a part.
    private int _handedOver;
    private int _segments;
    private long _sentCharacters;

    /// <summary>Counts what is sent, beyond the end of this process; null if nothing does.</summary>
    public SentCount? Sent { get; init; }

    /// <summary>The offset of the first frame that the client of a cancelled context did not get; null when that is not known.</summary>
    public int? Delivered { get; set; }

    /// <summary>How much of its audio the client has played, ms; null if it does not say.</summary>
    public double? PlayedMs { get; set; }

    /// <summary>Characters that were pushed.</summary>
    public int Characters => _pushed.Sum(segment => segment.Text.Length);

    /// <summary>Notes a push.</summary>
    public void Add(ContextInput input)
    {
        var current = _pushed[^1];
        if (current.Text.Length == 0)
        {
            current.StartedAt = time.GetUtcNow();
        }

        Sent?.AddPushed(input.Text.Length);
        current.Text.Append(input.Text);
        current.IsKept &= !input.IsNotKept;
        if (input.Flush)
        {
            _pushed.Add(new PushedSegment(time.GetUtcNow()));
        }
    }

    /// <summary>Counts what an upstream was sent.</summary>
    public void RecordSent(ContextInput input, bool isSent)
    {
        if (isSent)
        {
            _sentCharacters += input.Text.Length;
            Sent?.AddSent(input.Text.Length);
        }
    }

    /// <summary>Hands over the segments that have ended since the last call.</summary>
    /// <param name="recorder">Takes them; null when the archive must not have the context.</param>
    /// <param name="ending">Why the last one ended, when no flush ended it.</param>
    /// <param name="withPart">Whether to hand over, too, what there is of the segment that is being spoken.</param>
    public void HandOver(ContextRecorder? recorder, SegmentEnding ending, bool withPart = false)
    {
        var ended = _log.TakeFinishedSegments(out var growing);
        foreach (var segment in ended)
        {
            HandOver(recorder, segment, ending);
        }

        // Asked for while it was growing, it may have ended since.
        if (withPart && growing.To > growing.From && recorder is not null && IsKept(growing.FlushId))
        {
            recorder.SegmentGrew(growing.FlushId, Audio(growing));
            _handedOver = growing.To;
        }
    }

    /// <summary>What the manifest says of the whole. The text of segments that are not to be kept is not in it.</summary>
    /// <param name="outcome">How the context ended.</param>
    /// <param name="upstream">Who spoke it.</param>
    /// <param name="written">The offset behind the last frame that was written for the client; null if all of them were.</param>
    public ContextSummary Summarize(ContextOutcome outcome, string? upstream, int? written)
    {
        var toClient = CreateCounter().Before(written);
        var usage = new ContextUsage(Characters, _sentCharacters, Milliseconds(_log.AudioBytes))
        {
            CountId = Sent?.Context.Id,
            CharactersDelivered = toClient,
            CharactersHeard = CountHeard(toClient),
            SlotWaitMs = Math.Round(context.Telemetry?.SlotWait.TotalMilliseconds ?? 0, 3),
            FirstAudioMs = context.Telemetry?.FirstAudio is { } first ? Math.Round(first.TotalMilliseconds, 3) : null,
        };
        if (!context.IsKept)
        {
            return new ContextSummary(outcome, "", upstream, time.GetUtcNow()) { Usage = usage };
        }

        return new(outcome, string.Concat(_pushed.Where(segment => segment.IsKept).Select(segment => segment.Text.ToString())), upstream, time.GetUtcNow())
        {
            Usage = usage,
            Seams = _log.Seams,
            Tail = _tail,
            Pauses = context.Telemetry?.Pauses,
            Interrupt = outcome == ContextOutcome.Cancelled && Delivered is { } offset ? InterruptAt(offset) : null,
        };
    }

    /// <summary>Counts the characters that the client has played, of those delivered to it; null if it does not say.</summary>
    public long? CountHeard(long delivered) => PlayedMs is { } played ? Math.Min(delivered, CreateCounter().Until(played)) : null;

    /// <summary>What the session says of it.</summary>
    public SessionContextEnd EndOf(ContextOutcome outcome) => new(
        outcome.ToString(), _segments, Milliseconds(_log.AudioBytes), Characters, time.GetUtcNow());

    private SpokenCharacters CreateCounter() => new(_log, [.. _pushed.Select(segment => segment.Text.ToString())]);

    private void HandOver(ContextRecorder? recorder, LoggedSegment segment, SegmentEnding ending)
    {
        var isKept = IsKept(segment.FlushId);
        var finished = Collect(segment, ending);

        // The rest of a context after its last flush is a segment only when there is something in it.
        if (!segment.IsFlushed && finished.Audio.Count == 0 && string.IsNullOrWhiteSpace(finished.Text) && _handedOver <= segment.From)
        {
            _tail = finished.Frames;
            return;
        }

        _segments++;
        context.Telemetry?.SegmentEnded(finished.FlushId, finished.Ending, finished.StartedAt, finished.FinishedAt);
        if (isKept)
        {
            recorder?.SegmentFinished(finished);
        }
        else
        {
            recorder?.SegmentNotKept(finished.FlushId, finished.Ending, finished.StartedAt, finished.FinishedAt);
        }
    }

    private bool IsKept(int flushId) => flushId > _pushed.Count || _pushed[flushId - 1].IsKept;

    private FinishedSegment Collect(LoggedSegment segment, SegmentEnding ending)
    {
        var words = new List<ReadOnlyMemory<byte>>();
        var frames = new List<ManifestFrame>();
        string? error = null;
        foreach (var entry in _log.Slice(segment.From, segment.To))
        {
            frames.Add(new ManifestFrame(entry.Kind, SizeOf(entry)));
            if (entry.Kind == FrameKind.Timestamps)
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
            Audio(segment),
            words,
            pushed?.StartedAt ?? now,
            now)
        {
            Frames = frames.Count == 0 ? null : ManifestFrames.Of(segment.From, context.Settings.ApiVersion, frames, error),
        };
    }

    private static int SizeOf(in LogEntry entry) => entry.Kind switch
    {
        FrameKind.Chunk => Base64Length.DecodedFrom(entry.Payload.Span),
        FrameKind.Timestamps => WireWords.Count(entry.Payload),
        _ => 0,
    };

    // The chunks of a segment that the archive has not got yet.
    private List<ReadOnlyMemory<byte>> Audio(LoggedSegment segment)
    {
        var audio = new List<ReadOnlyMemory<byte>>();
        foreach (var entry in _log.Slice(Math.Max(segment.From, Math.Min(_handedOver, segment.To)), segment.To))
        {
            if (entry.Kind == FrameKind.Chunk)
            {
                audio.Add(entry.Payload);
            }
        }

        return audio;
    }

    private ManifestInterrupt InterruptAt(int delivered)
    {
        long bytes = 0;
        var segment = 1;
        foreach (var entry in _log.Slice(0, Math.Min(delivered, _log.Count)))
        {
            if (entry.Kind == FrameKind.Chunk)
            {
                bytes += Base64Length.DecodedFrom(entry.Payload.Span);
                segment = entry.FlushId;
            }
        }

        var seconds = _log.Format.DurationOf(bytes).TotalSeconds;
        var words = WireWords.Parse([.. _log.Slice(0, _log.Count).Where(e => e.Kind == FrameKind.Timestamps && IsKept(e.FlushId)).Select(e => e.Payload)]);
        var heard = words.Where(word => word.End <= seconds).ToList();
        return new ManifestInterrupt(segment, Milliseconds(bytes), heard.Count > 0 ? heard[^1] : null);
    }

    private double Milliseconds(long bytes) => Math.Round(_log.Format.DurationOf(bytes).TotalMilliseconds, 3);

    private sealed class PushedSegment(DateTimeOffset startedAt)
    {
        public StringBuilder Text { get; } = new();

        public DateTimeOffset StartedAt { get; set; } = startedAt;

        public bool IsKept { get; set; } = true;
    }
}
