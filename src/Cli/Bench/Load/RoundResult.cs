using TtsGrains.Cli.Bench.Processes;

namespace TtsGrains.Cli.Bench.Load;

/// <summary>The measurements of one round of load, or of several together.</summary>
/// <param name="FirstAudio">From push to first chunk, of each context and probe.</param>
/// <param name="Lateness">How late each chunk of the load was.</param>
/// <param name="CancelToSilence">From each cancel to the last chunk of its context.</param>
/// <param name="Cpu">CPU time of the process in the middle, without the probes; null if it is not known.</param>
/// <param name="Audio">The audio that it was spent on.</param>
/// <param name="Memory">The memory of the process in the middle; null if it is not known.</param>
/// <param name="Violations">The rules of order and completeness that were violated, as sentences.</param>
internal sealed record RoundResult(
    TimeSpan[] FirstAudio, TimeSpan[] Lateness, TimeSpan[] CancelToSilence, TimeSpan? Cpu, TimeSpan Audio, MemoryUse? Memory, IReadOnlyList<string> Violations)
{
    /// <summary>A chunk is late beyond this.</summary>
    public static readonly TimeSpan LateAfter = TimeSpan.FromMilliseconds(50);

    /// <summary>Gets the number of chunks that were late.</summary>
    public int Late => Lateness.Count(delay => delay > LateAfter);

    /// <summary>Gets the CPU seconds per second of audio; null if they are not known.</summary>
    public double? CpuPerAudioSecond => Audio == TimeSpan.Zero ? null : Cpu / Audio;

    public static RoundResult Together(IReadOnlyCollection<RoundResult> rounds) => new(
        [.. rounds.SelectMany(round => round.FirstAudio)],
        [.. rounds.SelectMany(round => round.Lateness)],
        [.. rounds.SelectMany(round => round.CancelToSilence)],
        rounds.Any(round => round.Cpu is null) ? null : rounds.Aggregate(TimeSpan.Zero, (sum, round) => sum + round.Cpu!.Value),
        rounds.Aggregate(TimeSpan.Zero, (sum, round) => sum + round.Audio),
        MemoryUse.Largest(rounds.Select(round => round.Memory)),
        [.. rounds.SelectMany(round => round.Violations)]);
}
