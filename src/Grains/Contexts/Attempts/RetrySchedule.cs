namespace TtsGrains.Grains.Contexts.Attempts;

/// <summary>
/// When a context whose upstream context failed tries again, and when it gives up. The first attempt after progress follows at once; each further one
/// waits about twice as long, with jitter. The deadline is one for all attempts, and only progress extends it. Not thread-safe.
/// </summary>
/// <param name="timeout">How long a context may go without progress.</param>
/// <param name="time">The clock.</param>
/// <param name="jitter">Gives numbers from 0 to 1.</param>
internal sealed class RetrySchedule(TimeSpan timeout, TimeProvider time, Func<double> jitter)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(1);

    private long? _waitingSince;

    /// <summary>How many attempts have failed since the last progress.</summary>
    public int Losses { get; private set; }

    /// <summary>How much time is left until the context gives up.</summary>
    public TimeSpan Remaining
    {
        get
        {
            var left = _waitingSince is { } since ? timeout - time.GetElapsedTime(since) : timeout;
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>The client waits for speech from now on, unless it waits because of a failure already.</summary>
    public void OnAsked()
    {
        if (Losses == 0)
        {
            _waitingSince = time.GetTimestamp();
        }
    }

    /// <summary>The context has got further, or has said everything.</summary>
    public void OnProgress() => (_waitingSince, Losses) = (null, 0);

    /// <summary>An attempt failed without progress.</summary>
    /// <param name="longestWait">How long the failed attempt can have kept the client waiting: a client that was silent before that was not waiting.</param>
    /// <returns>The delay before the next attempt; null if there is no time left for one.</returns>
    public TimeSpan? OnLost(TimeSpan longestWait)
    {
        if (Losses++ == 0 && (_waitingSince is not { } since || time.GetElapsedTime(since) > longestWait))
        {
            _waitingSince = time.GetTimestamp() - (_waitingSince is null ? 0 : (long)(longestWait.TotalSeconds * time.TimestampFrequency));
        }

        var delay = DelayBefore(Losses, jitter());
        return delay < Remaining ? delay : null;
    }

    /// <summary>The delay before an attempt.</summary>
    /// <param name="losses">How many attempts have failed in a row, from 1.</param>
    /// <param name="jitter">0 to 1.</param>
    public static TimeSpan DelayBefore(int losses, double jitter)
    {
        if (losses <= 1)
        {
            return TimeSpan.Zero;
        }

        var full = TimeSpan.FromTicks((long)Math.Min(LongestDelay.Ticks, FirstDelay.Ticks * Math.Pow(2, losses - 2)));
        return full / 2 * (1 + jitter);
    }
}
