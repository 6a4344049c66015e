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
internal sealed class AttemptFrames : IUpstreamRoute
{
    private readonly ContextLog _log;
    private readonly AttemptStart _start;
    private readonly SeamCut? _cut;
    private readonly AttemptNotices _notices;
    private readonly AttemptAudio _audio;
    private readonly AttemptTimes _times;
    private readonly EarlyEnd _earlyEnd = new();
    private bool _isGarbled;
    private int _hasEnded;
    private int? _lastFlush;

    /// <param name="log">The context's log.</param>
    /// <param name="grain">The context.</param>
    /// <param name="start">Where the attempt begins.</param>
    /// <param name="onSpoken">Called once, when the first audio comes.</param>
    /// <param name="onDropped">Called for each frame, or part of one, that cannot be used.</param>
    /// <param name="logger">Hears of notices that were not taken.</param>
    public AttemptFrames(ContextLog log, IContextGrain grain, AttemptStart start, Action onSpoken, Action<FrameDrop> onDropped, ILogger logger)
    {
        (_log, _start) = (log, start);
        _cut = start.IsSeam ? new SeamCut(start) : null;
        _notices = new AttemptNotices(grain, start.Attempt, logger);
        _audio = new AttemptAudio(log, start, _cut, _notices, onSpoken, onDropped);
        _times = new AttemptTimes(log, start, _cut, onDropped);
    }

    public void OnFrame(in ServerFrame frame)
    {
        // The context ends with an error: what comes behind the audio that is missing must not be heard in its place.
        if (_isGarbled)
        {
            return;
        }

        // Audio comes before what the frame says besides: an end may bring the last of it.
        if (frame.Kind is FrameKind.Chunk or FrameKind.FlushDone or FrameKind.Done && !_audio.TryAppend(frame))
        {
            _isGarbled = true;
            _notices.Send(UpstreamEvent.Garbled);
            return;
        }

        switch (frame.Kind)
        {
            case FrameKind.Timestamps or FrameKind.PhonemeTimestamps:
                _times.Append(frame);
                break;
            case FrameKind.FlushDone when !IsRepeated(frame):
                _times.AppendPhonemes(isSegmentEnd: true);
                if (_log.CompleteFlush(_start.Attempt))
                {
                    _cut?.EndSegment();
                    _notices.Send(UpstreamEvent.SegmentSpoken);
                }

                break;
            case FrameKind.Error:
                _times.AppendPhonemes(isSegmentEnd: true);
                _notices.Send(UpstreamEvent.Failed, ContextFault.From(frame.ToError()));
                return;
            default:
                // A newer upstream may send frames of a kind that we do not know.
                break;
        }

        _earlyEnd.OnFrame();
        if (frame.IsLast && !_earlyEnd.IsBeingRead)
        {
            End();
        }

        _earlyEnd.OnRead();
    }

    public bool EndsWith(in ServerFrame frame)
    {
        if (_earlyEnd.HasCome || frame.Kind == FrameKind.Error || (_audio.HasSpoken && !_log.IsFlushDue) || !frame.Data.IsEmpty)
        {
            return true;
        }

        _earlyEnd.OnCome();
        return false;
    }

    public bool CheckSilence()
    {
        if (_earlyEnd.HasCome)
        {
            if (!_earlyEnd.IsOver())
            {
                return false;
            }

            End();
            return true;
        }

        if (_start.Watch.IsOverdue())
        {
            _notices.Send(UpstreamEvent.Silent);
        }

        return false;
    }

    public void OnLost() => _notices.Send(UpstreamEvent.Lost);

    private void End()
    {
        if (Interlocked.Exchange(ref _hasEnded, 1) != 0)
        {
            return;
        }

        _audio.End();
        _times.AppendPhonemes(isSegmentEnd: true);
        _notices.Send(UpstreamEvent.Finished);
    }

    // The same flush again, without audio between, is a repetition; it must not complete the next one.
    private bool IsRepeated(in ServerFrame frame)
    {
        var isRepeated = !_audio.TakeAppended() && frame.FlushId is { } flush && flush == _lastFlush;
        _lastFlush = frame.FlushId;
        return isRepeated;
    }
}
