using System.Buffers;
using Microsoft.Extensions.Logging;
using TtsGrains.Grains.Connections;
using TtsGrains.Grains.Contexts.Log;
using TtsGrains.Grains.Diagnostics;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.Grains.Contexts.Attempts;

/// <summary>
/// Leads the frames of one attempt (one upstream context) into a context's log, but for what the client has of an earlier one. The grain is called only when something is to be decided.
/// </summary>
/// <param name="log">The context's log.</param>
/// <param name="grain">The context.</param>
/// <param name="start">Where the attempt begins.</param>
/// <param name="onSpoken">Called once, when the first audio comes.</param>
/// <param name="onDropped">Called for each frame, or part of one, that cannot be used.</param>
/// <param name="logger">Hears of notices that were not taken.</param>
internal sealed partial class AttemptFrames(ContextLog log, IContextGrain grain, AttemptStart start, Action onSpoken, Action<FrameDrop> onDropped, ILogger logger)
    : IUpstreamRoute
{
    private readonly SeamCut? _cut = start.IsSeam ? new SeamCut(start) : null;
    private readonly Lock _times = new();
    private readonly ChunkCleaner _cleaner = new(log.Format.BytesPerSample);
    private bool _hasSpoken;
    private bool _isGarbled;

    // The end that is being read now is not yet taken for one.
    private bool _isHeld;
    private volatile bool _isEnding;
    private int _hasEnded;
    private int _framesSinceCheck;
    private int? _lastFlush;
    private (int Length, int Hash) _lastWords;
    private (int Length, int Hash) _lastPhonemes;

    public void OnFrame(in ServerFrame frame)
    {
        // The context ends with an error: what comes behind the audio that is missing must not be heard in its place.
        if (_isGarbled)
        {
            return;
        }

        // Audio comes before what the frame says besides: an end may bring the last of it.
        if (frame.Kind is FrameKind.Chunk or FrameKind.FlushDone or FrameKind.Done && !TryAppendAudio(frame))
        {
            _isGarbled = true;
            Notify(UpstreamEvent.Garbled);
            return;
        }

        switch (frame.Kind)
        {
            case FrameKind.Timestamps or FrameKind.PhonemeTimestamps:
                AppendTimestamps(frame);
                break;
            case FrameKind.FlushDone when !IsRepeated(frame):
                AppendPhonemes(isSegmentEnd: true);
                if (log.CompleteFlush(start.Attempt))
                {
                    _cut?.EndSegment();
                    Notify(UpstreamEvent.SegmentSpoken);
                }

                break;
            case FrameKind.Error:
                AppendPhonemes(isSegmentEnd: true);
                Notify(UpstreamEvent.Failed, ContextFault.From(frame.ToError()));
                return;
            default:
                // A newer upstream may send frames of a kind that we do not know.
                break;
        }

        if (_isEnding)
        {
            Interlocked.Increment(ref _framesSinceCheck);
        }

        if (frame.IsLast && !_isHeld)
        {
            End();
        }

        _isHeld = false;
    }

    private void End()
    {
        if (Interlocked.Exchange(ref _hasEnded, 1) != 0)
        {
            return;
        }

        if (_cleaner.HasTornSample)
        {
            onDropped(FrameDrop.TornSample);
        }

        AppendPhonemes(isSegmentEnd: true);
        Notify(UpstreamEvent.Finished);
    }

    // An end before any audio, or before a flush that is due, may have overtaken them: what still comes within a moment counts.
    public bool EndsWith(in ServerFrame frame)
    {
        if (_isEnding || frame.Kind == FrameKind.Error || (_hasSpoken && !log.IsFlushDue) || !frame.Data.IsEmpty)
        {
            return true;
        }

        (_isHeld, _isEnding) = (true, true);
        return false;
    }

    public bool CheckSilence()
    {
        if (_isEnding)
        {
            // Two checks without a frame between.
            if (Interlocked.Exchange(ref _framesSinceCheck, 0) > 0)
            {
                return false;
            }

            End();
            return true;
        }

        if (start.Watch.IsOverdue())
        {
            Notify(UpstreamEvent.Silent);
        }

        return false;
    }

    public void OnLost() => Notify(UpstreamEvent.Lost);

    private bool TryAppendAudio(in ServerFrame frame)
    {
        if (frame.HasUnreadableData)
        {
            onDropped(FrameDrop.BadAudio);
        }

        if (frame.Data.IsEmpty)
        {
            return true;
        }

        if (_cleaner.IsClean(frame.Data))
        {
            Append(frame.Data, frame.StepTime);
        }
        else if (!_cleaner.TryTake(frame.Data))
        {
            onDropped(FrameDrop.BadAudio);
            return false;
        }
        else
        {
            var stepTime = frame.StepTime;
            for (var chunk = _cleaner.Next(); !chunk.IsEmpty; chunk = _cleaner.Next())
            {
                Append(chunk, stepTime);
                stepTime = default;
            }
        }

        if (log.TakePartDue())
        {
            Notify(UpstreamEvent.PartSpoken);
        }

        return true;
    }

    private void Append(ReadOnlySpan<byte> data, ReadOnlySpan<byte> stepTime)
    {
        _lastFlush = null;
        log.AppendChunk(start.Attempt, _cut is null ? data : _cut.Cut(data), stepTime);

        // After the append: the first audio does not wait for the bookkeeping of slots.
        NoteProgress();
    }

    // The same flush again, without audio between, is a repetition; it must not complete the next one.
    private bool IsRepeated(in ServerFrame frame)
    {
        var isRepeated = frame.FlushId is { } flush && flush == _lastFlush;
        _lastFlush = frame.FlushId;
        return isRepeated;
    }

    private void NoteProgress()
    {
        start.Watch.OnAudio();
        if (!_hasSpoken)
        {
            _hasSpoken = true;
            onSpoken();
        }
    }

    private void AppendTimestamps(in ServerFrame frame)
    {
        if (frame.Timestamps.IsEmpty || IsRepeated(frame.Timestamps, frame.Kind))
        {
            return;
        }

        var hasTags = start.Markup.HasTags;
        if (!hasTags && TimestampsReader.IsStrict(frame.Timestamps, frame.Kind))
        {
            AppendTimestamps(frame.Kind, frame.Timestamps);
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
            AppendTimestamps(frame.Kind, items);
        }
        else if (frame.Kind == FrameKind.PhonemeTimestamps)
        {
            AppendTimestamps(frame.Kind, start.Markup.FilterPhonemes(items));
        }
        else
        {
            start.Markup.FilterWords(items);
            AppendTimestamps(frame.Kind, items);
            AppendPhonemes(isSegmentEnd: false);
        }
    }

    private void AppendPhonemes(bool isSegmentEnd)
    {
        if (start.Markup.HasTags)
        {
            AppendTimestamps(FrameKind.PhonemeTimestamps, start.Markup.TakePhonemes(isSegmentEnd));
        }
    }

    private void AppendTimestamps(FrameKind kind, List<TimedText> items)
    {
        if (items.Count > 0)
        {
            var written = new ArrayBufferWriter<byte>(64 * (items.Count + 1));
            TimestampsWriter.Write(written, kind, items.ToArray());
            AppendTimestamps(kind, written.WrittenSpan);
        }
    }

    private void AppendTimestamps(FrameKind kind, ReadOnlySpan<byte> timestamps)
    {
        if (start is { IsSeam: false, StartSeconds: 0 })
        {
            log.AppendTimestamps(start.Attempt, kind, timestamps);
            return;
        }

        // A late end, found by a check of silence, brings the last phonemes on another thread.
        lock (_times)
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
        if (_cut is null)
        {
            return TimestampRebase.TryWrite(moved, timestamps, start.StartSeconds);
        }

        if (!_cut.TryMove(kind, timestamps, out var items, moved))
        {
            return false;
        }

        if (kind == FrameKind.Timestamps)
        {
            log.NoteWords(start.Attempt, items);
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

    // The socket's read loop must not wait for a grain's turn.
    private async void Notify(UpstreamEvent what, ContextFault? fault = null)
    {
        try
        {
            await grain.OnUpstreamAsync(new UpstreamNotice(start.Attempt, what, fault));
        }
        catch (Exception e)
        {
            // A host that stops takes its contexts down with its connections.
            LogNotHandled(logger, what, e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A context did not handle that its upstream said {Event}: {Reason}")]
    private static partial void LogNotHandled(ILogger logger, UpstreamEvent @event, string reason);
}
