namespace TtsGrains.Archive.Writing;

/// <summary>How long to wait before a write is tried again.</summary>
internal static class RetryDelay
{
    /// <summary>
    /// Doubles from <paramref name="first"/> to <paramref name="longest"/>; half of it is certain, the other half is taken by chance,
    /// so that contexts which failed together do not come back together.
    /// </summary>
    /// <param name="failures">Failed tries so far, from 1.</param>
    /// <param name="first">The full wait after the first.</param>
    /// <param name="longest">The full wait at most.</param>
    /// <param name="chance">From 0 to 1.</param>
    public static TimeSpan After(int failures, TimeSpan first, TimeSpan longest, double chance)
    {
        var full = Math.Min(longest.Ticks, first.Ticks * Math.Pow(2, failures - 1));
        return TimeSpan.FromTicks((long)((full / 2) + (full / 2 * chance)));
    }
}
