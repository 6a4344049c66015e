namespace TtsGrains.Grains.Connections;

/// <summary>How often a connection looks for contexts that it brings no audio for.</summary>
internal static class SilenceChecks
{
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(10);

    /// <summary>Often enough that a silence is found out not much later than it should be.</summary>
    public static TimeSpan PeriodOf(UpstreamOptions options)
    {
        var sixth = (options.FirstAudioTimeout < options.ProgressTimeout ? options.FirstAudioTimeout : options.ProgressTimeout) / 6;
        return sixth < Shortest ? Shortest : sixth > Longest ? Longest : sixth;
    }
}
