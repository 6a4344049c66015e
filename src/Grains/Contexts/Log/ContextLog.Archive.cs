namespace TtsGrains.Grains.Contexts.Log;

/// <content>What the archive takes of it.</content>
public sealed partial class ContextLog
{
    /// <summary>Whether so much has come since the last yes that the archive should have it. Only the socket's read loop asks.</summary>
    internal bool TakePartDue()
    {
        lock (_gate)
        {
            if (PartBytes == 0 || _partBytes < PartBytes)
            {
                return false;
            }

            _partBytes = 0;
            return true;
        }
    }

    /// <summary>Whether segments have ended since the last <see cref="TakeFinishedSegments"/>.</summary>
    internal bool HasFinishedSegments
    {
        get
        {
            lock (_gate)
            {
                return _segments.HasFinished;
            }
        }
    }

    /// <summary>Takes the segments that have ended since the last call, in order.</summary>
    /// <param name="growing">The segment that comes behind them, as far as it has come.</param>
    internal IReadOnlyList<LoggedSegment> TakeFinishedSegments(out LoggedSegment growing)
    {
        lock (_gate)
        {
            growing = _segments.Growing(_count);
            return _segments.TakeFinished();
        }
    }

    /// <summary>The frames from one offset up to, and without, another.</summary>
    internal LogEntry[] Slice(int from, int to)
    {
        lock (_gate)
        {
            return _entries[from..to];
        }
    }
}
