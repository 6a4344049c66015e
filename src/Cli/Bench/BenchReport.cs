using System.Globalization;
using System.Text;

namespace TtsGrains.Cli.Bench;

/// <summary>The results as a Markdown table: what is set against what was measured in the same rounds.</summary>
internal static class BenchReport
{
    public static string Render(IReadOnlyList<int> levels, IReadOnlyList<BenchTarget> targets, Func<BenchTarget, int, RoundResult> resultOf)
    {
        var table = new StringBuilder()
            .AppendLine("| contexts | through | first audio p50 | p99 | added p50 | added p99 | chunk delay p99 | max | late chunks | CPU per audio second | of relay |")
            .AppendLine("|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
        foreach (var level in levels)
        {
            var direct = resultOf(targets[0], level);
            var relay = resultOf(targets[1], level);
            foreach (var target in targets)
            {
                AppendRow(table, level, target, resultOf(target, level), direct, relay);
            }
        }

        return table.ToString();
    }

    private static void AppendRow(StringBuilder table, int level, BenchTarget target, RoundResult result, RoundResult direct, RoundResult relay)
    {
        var (p50, p99) = FirstAudio(result);
        var (directP50, directP99) = FirstAudio(direct);
        var isDirect = ReferenceEquals(result, direct);
        var cpu = isDirect ? "" : string.Create(CultureInfo.InvariantCulture, $"{result.CpuPerAudioSecond * 1000:F2} ms");
        var ratio = isDirect ? "" : string.Create(CultureInfo.InvariantCulture, $"{result.CpuPerAudioSecond / relay.CpuPerAudioSecond:F2}");
        table.AppendLine(CultureInfo.InvariantCulture,
            $"| {level} | {target.Name} | {p50:F2} ms | {p99:F2} ms | {Added(p50, directP50, isDirect)} | {Added(p99, directP99, isDirect)} | {RoundResult.Percentile(result.Delays, 0.99):F2} ms | {RoundResult.Percentile(result.Delays, 1):F1} ms | {result.Late} of {result.Delays.Length} | {cpu} | {ratio} |");
    }

    private static (double P50, double P99) FirstAudio(RoundResult result)
        => (RoundResult.Percentile(result.FirstAudio, 0.5), RoundResult.Percentile(result.FirstAudio, 0.99));

    private static string Added(double value, double direct, bool isDirect)
        => isDirect ? "" : string.Create(CultureInfo.InvariantCulture, $"{value - direct:+0.00;-0.00} ms");
}

/// <summary>What the load goes to.</summary>
/// <param name="Name">As in the report.</param>
/// <param name="Process">Its process; for "direct" the upstream's.</param>
internal sealed record BenchTarget(string Name, BenchProcess Process);
