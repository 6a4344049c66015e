using TtsGrains.Cli.Bench.Load;
using TtsGrains.Cli.Bench.Processes;
using TtsGrains.Cli.Bench.Results;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.Cli.Bench.Scenarios;

/// <summary>The result of one number of contexts through one target. Its members, in snake case, are the form of <c>--json</c>: names and units do not change.</summary>
internal sealed record LoadLine(
    string Scenario,
    string Through,
    int Contexts,
    int Sockets,
    string Encoding,
    int SampleRate,
    double Seconds,
    int Rounds,
    int CancelPercent,
    Distribution? FirstAudioMs,
    Distribution? AddedMs,
    Distribution? LatenessMs,
    int Chunks,
    int LateChunks,
    Distribution? CancelToSilenceMs,
    double? CpuMsPerAudioSecond,
    double? CpuOfRelay,
    long? PeakWorkingSetBytes,
    long? WorkingSetBytesPerContext,
    long? PrivateBytes,
    double FirstContextMs,
    double SecondContextMs,
    int Violations)
{
    /// <param name="plan">What was measured.</param>
    /// <param name="target">Through what.</param>
    /// <param name="start">The target before the measurement.</param>
    /// <param name="shape">The load.</param>
    /// <param name="result">The measurement.</param>
    /// <param name="direct">The same load without the target in the middle; null if it was not measured, or is this one.</param>
    /// <param name="relay">The same load through the relay; null if it was not measured.</param>
    public static LoadLine Of(BenchPlan plan, BenchTarget target, TargetStart start, LoadShape shape, RoundResult result, RoundResult? direct, RoundResult? relay)
    {
        var first = Distribution.Of(result.FirstAudio);
        return new LoadLine(
            plan.Scenario.ToName(),
            target.Name,
            shape.Contexts,
            shape.Sockets,
            shape.Format.Encoding.ToWireName(),
            shape.Format.SampleRate,
            shape.Length.TotalSeconds,
            plan.Rounds,
            shape.CancelPercent,
            first,
            direct is null ? null : first?.Above(Distribution.Of(direct.FirstAudio)),
            Distribution.Of(result.Lateness),
            result.Lateness.Length,
            result.Late,
            Distribution.Of(result.CancelToSilence),
            Round(result.CpuPerAudioSecond * 1000),
            Round(result.CpuPerAudioSecond / relay?.CpuPerAudioSecond),
            result.Memory?.PeakWorkingSet,
            result.Memory is { } memory && start.WorkingSet is { } before ? Math.Max(memory.PeakWorkingSet - before, 0) / shape.Contexts : null,
            result.Memory?.PrivateBytes,
            Math.Round(start.FirstContextMs, 3),
            Math.Round(start.SecondContextMs, 3),
            result.Violations.Count);
    }

    private static double? Round(double? value) => value is { } known && double.IsFinite(known) ? Math.Round(known, 3) : null;
}
