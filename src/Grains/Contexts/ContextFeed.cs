using System.Buffers;
using Microsoft.Extensions.Logging;
using TtsGrains.Grains.Connections;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.Grains.Contexts;

/// <summary>
/// Leads the frames of one attempt (one upstream context) into a context's log, but for what the client has of an earlier one. The grain is called only when something is to be decided.
/// </summary>
/// <param name="log">The context's log.</param>
/// <param name="grain">The context.</param>
/// <param name="start">Where the attempt begins.</param>
/// <param name="onSpoken">Told once, when the first audio comes.</param>
/// <param name="logger">Hears of notices that were not taken.</param>
internal sealed partial class ContextFeed(ContextLog log, IContextGrain grain, AttemptStart start, Action onSpoken, ILogger logger)
    : IUpstreamRoute
{
    private readonly SeamCut? _cut = start.IsSeam ? new SeamCut(start) : null;
    private bool _hasSpoken;

    public void OnFrame(in ServerFrame frame)
    {
        switch (frame.Kind)
        {
            case FrameKind.Chunk:
                log.AppendChunk(start.Attempt, _cut is null ? frame.Data : _cut.Cut(frame.Data), frame.StepTime);

                // After the append: the first audio does not wait for the bookkeeping of slots.
                NoteProgress(frame);
                if (log.TakePartDue())
                {
                    Notify(UpstreamEvent.PartSpoken);
                }

                break;
            case FrameKind.Timestamps or FrameKind.PhonemeTimestamps:
                AppendTimestamps(frame);
                break;
            case FrameKind.FlushDone:
                if (log.CompleteFlush(start.Attempt))
                {
                    _cut?.EndSegment();
                    Notify(UpstreamEvent.SegmentSpoken);
                }

                break;
            case FrameKind.Done:
                Notify(UpstreamEvent.Finished);
                break;
            case FrameKind.Error:
                Notify(UpstreamEvent.Failed, ContextFault.From(frame.ToError()));
                break;
            default:
                // A newer upstream may send what we do not know; it concerns nobody here.
                break;
        }
    }

    public void CheckSilence()
    {
        if (start.Watch.IsOverdue())
        {
            Notify(UpstreamEvent.Silent);
        }
    }

    public void OnLost() => Notify(UpstreamEvent.Lost);

    private void NoteProgress(in ServerFrame frame)
    {
        if (frame.Data.IsEmpty)
        {
            return;
        }

        start.Watch.OnAudio();
        if (!_hasSpoken)
        {
            _hasSpoken = true;
            onSpoken();
        }
    }

    private void AppendTimestamps(in ServerFrame frame)
    {
        if (frame.Timestamps.IsEmpty)
        {
            return;
        }

        if (start is { IsSeam: false, StartSeconds: 0 })
        {
            log.AppendTimestamps(start.Attempt, frame.Kind, frame.Timestamps);
            return;
        }

        var moved = new ArrayBufferWriter<byte>(frame.Timestamps.Length + 64);
        if (TryMove(frame, moved))
        {
            log.AppendTimestamps(start.Attempt, frame.Kind, moved.WrittenSpan);
        }
    }

    // An upstream counts time from the start of its own context; what was spoken before it began comes on top.
    private bool TryMove(in ServerFrame frame, ArrayBufferWriter<byte> moved)
    {
        if (_cut is null)
        {
            return TimestampRebase.TryWrite(moved, frame.Timestamps, start.StartSeconds);
        }

        if (!_cut.TryMove(frame.Kind, frame.Timestamps, out var items, moved))
        {
            return false;
        }

        if (frame.Kind == FrameKind.Timestamps)
        {
            log.NoteWords(start.Attempt, items);
        }

        return moved.WrittenCount > 0;
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
