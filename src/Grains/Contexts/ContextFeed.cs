using System.Buffers;
using Microsoft.Extensions.Logging;
using TtsGrains.Grains.Connections;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.Grains.Contexts;

/// <summary>
/// Leads the frames of one attempt (one upstream context) into a context's log. The grain is called only when something is to be decided.
/// </summary>
internal sealed partial class ContextFeed(ContextLog log, IContextGrain grain, int attempt, ILogger<ContextFeed> logger) : IUpstreamRoute
{
    // An upstream counts time from the start of its own context; what was spoken before it began comes on top.
    private readonly double _startSeconds = log.Format.DurationOf(log.AudioBytes).TotalSeconds;

    public void OnFrame(in ServerFrame frame)
    {
        switch (frame.Kind)
        {
            case FrameKind.Chunk:
                log.AppendChunk(frame);
                if (log.TakePartDue())
                {
                    Notify(new UpstreamNotice(attempt, UpstreamEvent.PartSpoken));
                }

                break;
            case FrameKind.Timestamps or FrameKind.PhonemeTimestamps:
                AppendTimestamps(frame);
                break;
            case FrameKind.FlushDone:
                if (log.CompleteFlush())
                {
                    Notify(new UpstreamNotice(attempt, UpstreamEvent.SegmentSpoken));
                }

                break;
            case FrameKind.Done:
                Notify(new UpstreamNotice(attempt, UpstreamEvent.Finished));
                break;
            case FrameKind.Error:
                Notify(new UpstreamNotice(attempt, UpstreamEvent.Failed, ContextFault.From(frame.ToError())));
                break;
            default:
                // A newer upstream may send what we do not know; it concerns nobody here.
                break;
        }
    }

    public void OnLost() => Notify(new UpstreamNotice(attempt, UpstreamEvent.Lost));

    private void AppendTimestamps(in ServerFrame frame)
    {
        if (frame.Timestamps.IsEmpty)
        {
            return;
        }

        if (_startSeconds == 0)
        {
            log.AppendTimestamps(frame.Kind, frame.Timestamps);
            return;
        }

        var moved = new ArrayBufferWriter<byte>(frame.Timestamps.Length + 64);
        if (TimestampRebase.TryWrite(moved, frame.Timestamps, _startSeconds))
        {
            log.AppendTimestamps(frame.Kind, moved.WrittenSpan);
        }
    }

    // The socket's read loop must not wait for a grain's turn.
    private async void Notify(UpstreamNotice notice)
    {
        try
        {
            await grain.OnUpstreamAsync(notice);
        }
        catch (Exception e)
        {
            LogNotHandled(logger, notice.Event, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A context did not handle that its upstream said {Event}")]
    private static partial void LogNotHandled(ILogger logger, UpstreamEvent @event, Exception exception);
}
