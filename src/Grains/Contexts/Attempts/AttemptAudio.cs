using TtsGrains.Grains.Contexts.Log;
using TtsGrains.Grains.Diagnostics;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.Grains.Contexts.Attempts;

/// <summary>Leads the audio of one attempt into the log: repaired, and without what the client has of an earlier attempt.</summary>
/// <param name="log">The context's log.</param>
/// <param name="start">Where the attempt begins.</param>
/// <param name="cut">Leaves out what the client has; null if the attempt does not continue another.</param>
/// <param name="notices">Tells the grain when the archive should have a part.</param>
/// <param name="onSpoken">Called once, when the first audio comes.</param>
/// <param name="onDropped">Called for each frame, or part of one, that cannot be used.</param>
internal sealed class AttemptAudio(
    ContextLog log, AttemptStart start, SeamCut? cut, AttemptNotices notices, Action onSpoken, Action<FrameDrop> onDropped)
{
    private readonly ChunkCleaner _cleaner = new(log.Format.BytesPerSample);
    private bool _hasAppended;

    /// <summary>Whether there was any.</summary>
    public bool HasSpoken { get; private set; }

    /// <summary>Appends the audio of a frame, if it has any.</summary>
    /// <returns>False if it cannot be decoded.</returns>
    public bool TryAppend(in ServerFrame frame)
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
            notices.Send(UpstreamEvent.PartSpoken);
        }

        return true;
    }

    /// <summary>Whether there was any since the last call.</summary>
    public bool TakeAppended()
    {
        var hasAppended = _hasAppended;
        _hasAppended = false;
        return hasAppended;
    }

    /// <summary>No more comes.</summary>
    public void End()
    {
        if (_cleaner.HasTornSample)
        {
            onDropped(FrameDrop.TornSample);
        }
    }

    private void Append(ReadOnlySpan<byte> data, ReadOnlySpan<byte> stepTime)
    {
        _hasAppended = true;
        log.AppendChunk(start.Attempt, cut is null ? data : cut.Cut(data), stepTime);

        // After the append: the first audio does not wait for the bookkeeping of slots.
        start.Watch.OnAudio();
        if (!HasSpoken)
        {
            HasSpoken = true;
            onSpoken();
        }
    }
}
