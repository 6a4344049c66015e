namespace TtsGrains.ApiHost.Sessions;

/// <summary>
/// The frames that wait for one listener. What does not fit is dropped, and read from the log later; so a slow listener costs a bounded amount of memory.
/// Used under the listener's lock.
/// </summary>
/// <param name="maxBytes">The most bytes that may wait.</param>
/// <param name="tracks">The contexts, which have the frames.</param>
/// <param name="instruments">Counts overflows.</param>
internal sealed class ListenerBuffer(long maxBytes, ListenerTracks tracks, ListenerInstruments instruments)
{
    private const int MostFrames = 64;

    /// <summary>Bytes of frames that wait.</summary>
    public long Bytes { get; private set; }

    /// <summary>Keeps frames, or drops all that wait if there are too many.</summary>
    public void Add(ListenerTrack track, SharedBatch shared)
    {
        track.Waiting.Enqueue(shared);
        Bytes += shared.Bytes;
        if (Bytes > maxBytes)
        {
            instruments.Overflowed();
            Clear();
        }
    }

    /// <summary>Takes the next frames of a context, or finds which ones must be read; null if there are none.</summary>
    public ListenerStep? TakeStep(ListenerTrack track)
    {
        if (track.Next is not { } next)
        {
            return null;
        }

        while (track.Waiting.TryPeek(out var waiting))
        {
            if (waiting.Batch.From > next)
            {
                return new ListenerStep(track, next, Math.Min(MostFrames, waiting.Batch.From - next), null);
            }

            track.Waiting.Dequeue();
            Bytes -= waiting.Bytes;
            if (waiting.Batch.To > next)
            {
                track.Next = waiting.Batch.To;
                return new ListenerStep(track, next, 0, waiting);
            }
        }

        return next < track.Known || track.IsOrphan ? new ListenerStep(track, next, MostFrames, null) : null;
    }

    /// <summary>Drops all frames that wait.</summary>
    public void Clear()
    {
        foreach (var track in tracks.InOrder)
        {
            track.Waiting.Clear();
        }

        Bytes = 0;
    }
}
