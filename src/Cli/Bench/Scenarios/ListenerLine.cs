using System.Globalization;
using System.Text;
using TtsGrains.Cli.Bench.Processes;
using TtsGrains.Cli.Bench.Results;
using TtsGrains.Cli.Bench.Upstream;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.Cli.Bench.Scenarios;

/// <summary>The measurements of one round with listeners, or of several together.</summary>
/// <param name="Lateness">How late each chunk came to the owner.</param>
/// <param name="Behind">How long after the owner each listener got each chunk; negative if it was first.</param>
/// <param name="Cpu">CPU time of the service; null if it is not known.</param>
/// <param name="Audio">The audio that was spoken.</param>
/// <param name="Memory">The memory of the service; null if it is not known.</param>
/// <param name="Violations">The rules that were violated, as sentences.</param>
internal sealed record ListenerResult(TimeSpan[] Lateness, TimeSpan[] Behind, TimeSpan? Cpu, TimeSpan Audio, MemoryUse? Memory, IReadOnlyList<string> Violations)
{
    /// <summary>Gets the CPU seconds of the service per second of audio that is spoken; null if they are not known.</summary>
    public double? CpuPerAudioSecond => Audio == TimeSpan.Zero ? null : Cpu / Audio;

    public static ListenerResult Together(IReadOnlyCollection<ListenerResult> rounds) => new(
        [.. rounds.SelectMany(round => round.Lateness)],
        [.. rounds.SelectMany(round => round.Behind)],
        rounds.Any(round => round.Cpu is null) ? null : rounds.Aggregate(TimeSpan.Zero, (sum, round) => sum + round.Cpu!.Value),
        rounds.Aggregate(TimeSpan.Zero, (sum, round) => sum + round.Audio),
        MemoryUse.Largest(rounds.Select(round => round.Memory)),
        [.. rounds.SelectMany(round => round.Violations)]);
}

/// <summary>The result with some listeners. Its members, in snake case, are the form of <c>--json</c>: names and units do not change.</summary>
internal sealed record ListenerLine(
    string Scenario,
    string Through,
    int Contexts,
    int Listeners,
    string Encoding,
    int SampleRate,
    double Seconds,
    int Rounds,
    Distribution? LatenessMs,
    Distribution? BehindOwnerMs,
    double? CpuMsPerAudioSecond,
    double? CpuOfNone,
    double? CpuMicrosecondsPerListenerAndChunk,
    long? PeakWorkingSetBytes,
    long? PrivateBytes,
    int Violations)
{
    /// <param name="plan">What was measured.</param>
    /// <param name="sessions">The number of sessions.</param>
    /// <param name="listeners">The number of listeners on all of them.</param>
    /// <param name="result">The measurement.</param>
    /// <param name="none">That without a listener.</param>
    public static ListenerLine Of(BenchPlan plan, int sessions, int listeners, ListenerResult result, ListenerResult none) => new(
        BenchScenario.Steady.ToName(),
        BenchTarget.ServiceName,
        sessions,
        listeners,
        plan.Format.Encoding.ToWireName(),
        plan.Format.SampleRate,
        plan.Length.TotalSeconds,
        plan.Rounds,
        Distribution.Of(result.Lateness),
        Distribution.Of(result.Behind),
        Round(result.CpuPerAudioSecond * 1000),
        Round(result.CpuPerAudioSecond / none.CpuPerAudioSecond),
        listeners == 0 ? null : Round((result.CpuPerAudioSecond - none.CpuPerAudioSecond) * BenchScript.ChunkLength.TotalSeconds * sessions / listeners * 1e6),
        result.Memory?.PeakWorkingSet,
        result.Memory?.PrivateBytes,
        result.Violations.Count);

    public static string Render(IEnumerable<ListenerLine> lines)
    {
        var table = new StringBuilder()
            .AppendLine(CultureInfo.InvariantCulture, $"| sessions | listeners | owner's chunk lateness, ms {Cell.PercentilesHeading} | listener behind owner, ms {Cell.PercentilesHeading} | CPU per audio second | of none | CPU per listener and chunk | peak working set | private |")
            .AppendLine("|---:|---:|---|---|---:|---:|---:|---:|---:|");
        foreach (var line in lines)
        {
            var each = line.CpuMicrosecondsPerListenerAndChunk is { } cpu ? string.Create(CultureInfo.InvariantCulture, $"{cpu:F0} µs") : "";
            table.AppendLine(CultureInfo.InvariantCulture,
                $"| {line.Contexts} | {line.Listeners} | {Cell.Of(line.LatenessMs)} | {Cell.Of(line.BehindOwnerMs)} | {Cell.Of(line.CpuMsPerAudioSecond, " ms")} | {Cell.Of(line.CpuOfNone)} | {each} | {Cell.Megabytes(line.PeakWorkingSetBytes)} | {Cell.Megabytes(line.PrivateBytes)} |");
        }

        return table.ToString();
    }

    private static double? Round(double? value) => value is { } known && double.IsFinite(known) ? Math.Round(known, 3) : null;
}
