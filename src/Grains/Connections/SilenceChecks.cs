using TtsGrains.Grains.Upstreams;

namespace TtsGrains.Grains.Connections;

/// <summary>How often a connection checks its contexts for silence, and for the end of their drain time.</summary>
internal static class SilenceChecks
{
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(10);

    /// <summary>Often enough that a silence is found out not much later than it should be.</summary>
    public static TimeSpan PeriodOf(UpstreamOptions options)
    {
        TimeSpan[] timeouts = [options.FirstAudioTimeout, options.ProgressTimeout, options.CancelDrainTimeout];
        var sixth = timeouts.Min() / 6;
        return sixth < Shortest ? Shortest : sixth > Longest ? Longest : sixth;
    }
}
