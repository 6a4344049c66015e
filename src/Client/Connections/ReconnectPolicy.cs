namespace TtsGrains.Client.Connections;

/// <summary>When to try again after a lost socket: at once, then after doubling delays, for a limited time.</summary>
public sealed record ReconnectPolicy
{
    /// <summary>Does not reconnect for open contexts: they end with <c>connection_lost</c>. The next context connects anew.</summary>
    public static ReconnectPolicy None { get; } = new() { GiveUpAfter = TimeSpan.Zero };

    /// <summary>The delay before the second attempt; the first is made at once. Default 100 ms.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest delay. Default 5 s.</summary>
    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long after the loss no more attempts are begun. Default 30 s, as long as the service keeps a context without an owner by default.</summary>
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The delay before an attempt.</summary>
    /// <param name="attempt">Counts from 0.</param>
    /// <param name="jitter">0 to 1: so that many clients of a lost server do not come back at the same moment.</param>
    internal TimeSpan DelayBefore(int attempt, double jitter)
    {
        if (attempt == 0)
        {
            return TimeSpan.Zero;
        }

        var delay = Math.Min(LongestDelay.Ticks, FirstDelay.Ticks * Math.Pow(2, attempt - 1));
        return TimeSpan.FromTicks((long)(delay * (1 - (jitter / 2))));
    }
}
