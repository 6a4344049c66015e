using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.ApiHost.Contexts;

/// <summary>Finds out whether a context in another process is still there when nothing was heard of it for a while.</summary>
internal sealed class SilenceCheck(IContextGrain grain, LogReplica log, Func<bool> isReleased, TimeProvider time)
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan OpeningPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongSilence = TimeSpan.FromMilliseconds(500);

    // Shorter than contexts that have ended stay on their silos.
    private static readonly TimeSpan KeptAfterEnd = TimeSpan.FromSeconds(5);

    private long _heardAt;
    private int _framesDue;
    private int _isRunning;
    private volatile bool _isOpening;

    /// <summary>
    /// Whether it is time to ask after the context: nothing was heard of it for a while; or it is over, and its silo has had the time to put it where
    /// its own death does not take it along.
    /// </summary>
    public bool IsDue => Silence > (log.IsClosed ? KeptAfterEnd : LongSilence);

    /// <summary>Whether it is being opened: then it has no log at first.</summary>
    public bool IsOpening
    {
        get => _isOpening;
        set => _isOpening = value;
    }

    private TimeSpan Silence => time.GetElapsedTime(Volatile.Read(ref _heardAt));

    /// <summary>Something was heard of the context.</summary>
    public void Heard() => Volatile.Write(ref _heardAt, time.GetTimestamp());

    /// <summary>Begins a check, unless one is running.</summary>
    public bool TryBegin() => Interlocked.Exchange(ref _isRunning, 1) == 0;

    public void End() => Volatile.Write(ref _isRunning, 0);

    /// <summary>Asks the context's silo whether the context is still there, and whether all its frames are here.</summary>
    public async Task<bool> IsThereAsync()
    {
        try
        {
            var seen = log.Count;
            if (await grain.ReadAsync(0, maxFrames: 0).WaitAsync(AnswerTimeout, time) is { } length)
            {
                // Frames may be on their way; those that were there when it was asked last are not.
                var isStuck = seen < _framesDue;
                _framesDue = isStuck ? 0 : length.Count;

                // Once it is over, the time that it is kept runs from its end.
                if (!isStuck && !log.IsClosed)
                {
                    Heard();
                }

                return !isStuck;
            }

            return isReleased() || (_isOpening && Silence < OpeningPatience);
        }
        catch (Exception e) when (RecoveringCalls.IsLoss(e))
        {
            return false;
        }
    }
}
