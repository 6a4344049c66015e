using System.Globalization;
using System.Text;
using TtsGrains.Cli.Bench.Results;

namespace TtsGrains.Cli.Bench.Scenarios;

/// <summary>The measurements of one round of two tenants.</summary>
/// <param name="FirstAudio">From push to first chunk, of the neighbour's contexts.</param>
/// <param name="Refused">The neighbour's contexts that were refused.</param>
/// <param name="GreedySpoken">The greedy tenant's contexts that spoke.</param>
/// <param name="GreedyRefused">Those that were refused.</param>
/// <param name="Cpu">CPU time of the service.</param>
/// <param name="ClientCpu">CPU time of the load client itself.</param>
/// <param name="Elapsed">The length of the round.</param>
/// <param name="Violations">The rules that were violated, as sentences.</param>
internal sealed record NeighbourResult(
    TimeSpan[] FirstAudio, int Refused, int GreedySpoken, int GreedyRefused, TimeSpan Cpu, TimeSpan ClientCpu, TimeSpan Elapsed, IReadOnlyList<string> Violations);

/// <summary>The neighbour's figures, alone or beside the greedy tenant. Its members, in snake case, are the form of <c>--json</c>: names and units do not change.</summary>
internal sealed record NeighbourLine(
    string Scenario,
    bool HasGreedyTenant,
    int Contexts,
    double Seconds,
    int Rounds,
    Distribution? FirstAudioMs,
    int Refused,
    int GreedySpoken,
    double GreedyRefusalsPerSecond,
    double CpuPercentOfCore,
    double ClientCpuPercentOfCore,
    int Violations)
{
    public static NeighbourLine Of(BenchPlan plan, bool isAlone, IReadOnlyList<NeighbourResult> rounds)
    {
        var elapsed = rounds.Sum(round => round.Elapsed.TotalSeconds);
        return new NeighbourLine(
            plan.Scenario.ToName(),
            !isAlone,
            plan.Contexts[0],
            plan.Length.TotalSeconds,
            plan.Rounds,
            Distribution.Of(rounds.SelectMany(round => round.FirstAudio)),
            rounds.Sum(round => round.Refused),
            rounds.Sum(round => round.GreedySpoken),
            Math.Round(rounds.Sum(round => round.GreedyRefused) / elapsed, 1),
            Math.Round(rounds.Sum(round => round.Cpu.TotalSeconds) / elapsed * 100, 1),
            Math.Round(rounds.Sum(round => round.ClientCpu.TotalSeconds) / elapsed * 100, 1),
            rounds.Sum(round => round.Violations.Count));
    }

    public static string Render(IReadOnlyCollection<NeighbourLine> lines)
    {
        var table = new StringBuilder()
            .AppendLine(CultureInfo.InvariantCulture, $"| neighbour's contexts | greedy tenant | neighbour's first audio, ms {Cell.PercentilesHeading} | neighbour's refusals | greedy: spoken | refusals per second | service's CPU, of a core | load client's |")
            .AppendLine("|---:|---|---|---:|---:|---:|---:|---:|");
        foreach (var line in lines)
        {
            table.AppendLine(CultureInfo.InvariantCulture,
                $"| {line.Contexts} | {(line.HasGreedyTenant ? "yes" : "no")} | {Cell.Of(line.FirstAudioMs)} | {line.Refused} | {line.GreedySpoken} | {line.GreedyRefusalsPerSecond:F0} | {line.CpuPercentOfCore:F0} % | {line.ClientCpuPercentOfCore:F0} % |");
        }

        if (lines.FirstOrDefault(line => !line.HasGreedyTenant)?.FirstAudioMs is { } alone && lines.FirstOrDefault(line => line.HasGreedyTenant)?.FirstAudioMs is { } beside)
        {
            table.AppendLine(CultureInfo.InvariantCulture, $"With the greedy tenant the neighbour waits {beside.P50 / alone.P50:F2} times as long at p50, {beside.P99 / alone.P99:F2} times at p99.");
        }

        return table.ToString();
    }
}
