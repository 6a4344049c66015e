namespace TtsGrains.LocalVoice.Contexts;

/// <summary>When the next chunk of a context may leave. Pure; times are timestamps of the clock.</summary>
/// <param name="realtimeFactor">How much faster than it plays audio is delivered; 0 or infinite for no limit.</param>
/// <param name="frequency">Timestamps per second.</param>
internal sealed class Pace(double realtimeFactor, long frequency)
{
    private const double LongestCatchUp = 0.25;

    /// <summary>When the next chunk may leave; 0 for at once.</summary>
    public long Due { get; private set; }

    /// <summary>Seconds of audio that leave in a second; 1 when there is no limit, since then the socket sets the pace.</summary>
    public double Factor => IsLimited ? Math.Max(1, realtimeFactor) : 1;

    private bool IsLimited => realtimeFactor > 0 && !double.IsInfinity(realtimeFactor);

    /// <summary>A chunk leaves.</summary>
    public void Sent(long now, double seconds)
    {
        if (!IsLimited)
        {
            return;
        }

        // A late timer is made good, so that the rate holds; a pause of the speaker is not.
        var start = now - Due > LongestCatchUp * frequency ? now : Due;
        Due = start + (long)(seconds / realtimeFactor * frequency);
    }

    /// <summary>When so much audio that waits will have left.</summary>
    public long RunsOutAt(long now, double secondsWaiting)
        => IsLimited ? Math.Max(Due, now) + (long)(secondsWaiting / realtimeFactor * frequency) : now + (long)(secondsWaiting * frequency);
}
