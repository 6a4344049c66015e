namespace TtsGrains.Cli.Bench;

/// <summary>What one round of load, or several together, measured.</summary>
/// <param name="FirstAudio">From push to first chunk, of each context and probe.</param>
/// <param name="Delays">How long after its turn in real time each chunk of the load came.</param>
/// <param name="Cpu">CPU time of the process in the middle, without the probes.</param>
/// <param name="ChunksMetered">The chunks that it was spent on.</param>
internal sealed record RoundResult(TimeSpan[] FirstAudio, TimeSpan[] Delays, TimeSpan Cpu, int ChunksMetered)
{
    private static readonly TimeSpan LateAfter = TimeSpan.FromMilliseconds(50);

    /// <summary>Chunks that came more than 50 ms after their turn.</summary>
    public int Late => Delays.Count(delay => delay > LateAfter);

    /// <summary>CPU seconds per second of audio.</summary>
    public double CpuPerAudioSecond => Cpu / (ChunksMetered * BenchScript.ChunkLength);

    public static RoundResult Together(IReadOnlyCollection<RoundResult> rounds) => new(
        [.. rounds.SelectMany(round => round.FirstAudio)],
        [.. rounds.SelectMany(round => round.Delays)],
        rounds.Aggregate(TimeSpan.Zero, (sum, round) => sum + round.Cpu),
        rounds.Sum(round => round.ChunksMetered));

    /// <summary>The value that so large a share is not above, in ms.</summary>
    public static double Percentile(TimeSpan[] values, double share)
        => values.Order().ElementAt(Math.Clamp((int)Math.Ceiling(share * values.Length) - 1, 0, values.Length - 1)).TotalMilliseconds;
}
