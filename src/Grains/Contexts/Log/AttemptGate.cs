using TtsGrains.Protocol.Frames;

namespace TtsGrains.Grains.Contexts.Log;

/// <summary>Which attempt may append to a log, and the words behind its seam. What is not locked here is called under the lock of the log.</summary>
/// <param name="gate">The lock of the log.</param>
internal sealed class AttemptGate(Lock gate)
{
    private const int NoAttempt = -1;

    private int _current;

    /// <summary>The attempt that may append.</summary>
    public int Current => Volatile.Read(ref _current);

    /// <summary>The last seam of the segment that is being spoken; null if there was none.</summary>
    public SegmentSeam? Seam { get; private set; }

    /// <summary>From now on only this attempt appends.</summary>
    /// <param name="attempt">Counts the attempts, from 1.</param>
    /// <param name="seam">Where it continues another in the middle of a segment; null if it begins with new text.</param>
    public void Begin(int attempt, SegmentSeam? seam)
    {
        lock (gate)
        {
            (_current, Seam) = (attempt, seam);
        }
    }

    /// <summary>No attempt appends until the next one begins.</summary>
    public void End()
    {
        lock (gate)
        {
            _current = NoAttempt;
        }
    }

    /// <summary>Notes the words of an attempt behind a seam, those too that the client was told before.</summary>
    public void NoteWords(int attempt, IEnumerable<TimedText> words)
    {
        lock (gate)
        {
            if (_current == attempt)
            {
                Seam?.Words.AddRange(words);
            }
        }
    }

    /// <summary>The segment of the seam has ended.</summary>
    public void EndSegment() => Seam = null;
}
