using TtsGrains.Grains.Interfaces.Connections;

namespace TtsGrains.Grains.Connections;

/// <summary>How long an upstream is left alone after it failed: doubling, capped, anywhere between nothing and that ("full jitter"). Pure.</summary>
internal static class UpstreamRetry
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FirstWhenLimited = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWhenLimited = TimeSpan.FromSeconds(30);

    // What takes a person to put right.
    private static readonly TimeSpan WhenMisconfigured = TimeSpan.FromSeconds(60);

    // A longer delay that the upstream asks for is shortened to this.
    private static readonly TimeSpan LongestAsked = TimeSpan.FromMinutes(5);

    /// <summary>The delay after a dial that failed.</summary>
    /// <param name="outcome">What the upstream answered.</param>
    /// <param name="failures">How many have failed in a row, from 1.</param>
    /// <param name="jitter">0 to 1.</param>
    public static TimeSpan After(DialOutcome outcome, int failures, double jitter)
    {
        var delay = outcome.Result switch
        {
            DialResult.Unauthorized or DialResult.Refused => WhenMisconfigured,
            DialResult.Limited => FirstWhenLimited + (Doubled(FirstWhenLimited, LongestWhenLimited, failures) * jitter),
            _ => Doubled(First, Longest, failures) * jitter,
        };
        var asked = outcome.RetryAfter is { } after ? TimeSpan.FromTicks(Math.Min(after.Ticks, LongestAsked.Ticks)) : TimeSpan.Zero;
        return delay > asked ? delay : asked;
    }

    /// <summary>The delay after contexts that failed.</summary>
    /// <param name="times">How many times in a row it has been left alone, from 1.</param>
    /// <param name="jitter">0 to 1.</param>
    public static TimeSpan AfterContexts(int times, double jitter) => First + (Doubled(First, Longest, times) * jitter);

    /// <summary>The delay after it said that it has too many contexts.</summary>
    /// <param name="times">How many times in a row, from 1.</param>
    /// <param name="jitter">0 to 1.</param>
    public static TimeSpan AfterLimit(int times, double jitter) => TimeSpan.FromMilliseconds(50) + (Doubled(TimeSpan.FromMilliseconds(100), First * 4, times) * jitter);

    private static TimeSpan Doubled(TimeSpan first, TimeSpan longest, int times)
        => TimeSpan.FromTicks((long)Math.Min(longest.Ticks, first.Ticks * Math.Pow(2, times - 1)));
}
