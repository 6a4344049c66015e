using System.Globalization;
using System.Text;
using TtsGrains.Cli.Bench.Results;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.Cli.Bench.Scenarios;

/// <summary>
/// The result of contexts one after the other. Its members, in snake case, are the form of <c>--json</c>: names and units do not change.
/// </summary>
/// <param name="Scenario">Always "long-session".</param>
/// <param name="Through">Always "service".</param>
/// <param name="Contexts">The number of contexts that were opened.</param>
/// <param name="Encoding">The encoding of the audio.</param>
/// <param name="SampleRate">Its sample rate, Hz.</param>
/// <param name="ContextsPerSecond">How many were opened in a second.</param>
/// <param name="FirstAudioMs">From push to first chunk, of all.</param>
/// <param name="Hundreds">The same for every hundred contexts after the start; the last may be fewer.</param>
/// <param name="DriftMs">The median of the last hundred less that of the first.</param>
/// <param name="WarmDriftMs">The median of the last hundred less that of the hundred after a tenth of all, by which the code is compiled.</param>
/// <param name="PrivateBytesPerContext">The growth of the service's private memory after the first tenth, per context; null if it is not known.</param>
/// <param name="StoredBytesPerContext">The growth of the service's data folder after the first tenth, per context; null if it is not known.</param>
/// <param name="StoredBytesPerEarlyContext">The size of the data folder after the first tenth, per context; null if it is not known.</param>
/// <param name="Violations">The number of rules of order and completeness that were violated.</param>
internal sealed record LongSessionLine(
    string Scenario,
    string Through,
    int Contexts,
    string Encoding,
    int SampleRate,
    double ContextsPerSecond,
    Distribution? FirstAudioMs,
    IReadOnlyList<Hundred> Hundreds,
    double DriftMs,
    double WarmDriftMs,
    double? PrivateBytesPerContext,
    double? StoredBytesPerContext,
    double? StoredBytesPerEarlyContext,
    int Violations)
{
    public static LongSessionLine Of(BenchPlan plan, IReadOnlyList<TimeSpan> first, TimeSpan elapsed, IReadOnlyList<Usage> usages, int violations)
    {
        List<Hundred> hundreds = [.. first.Chunk(LongSessionScenario.Block).Select((block, i) => new Hundred((i * LongSessionScenario.Block) + 1, Distribution.Of(block)!))];
        var (early, late) = usages is [var some, .., var all] ? (some, all) : (null, null);
        var between = (late?.Contexts ?? 0) - (early?.Contexts ?? 0);
        return new LongSessionLine(
            BenchScenario.LongSession.ToName(),
            "service",
            first.Count,
            plan.Format.Encoding.ToWireName(),
            plan.Format.SampleRate,
            Math.Round(first.Count / elapsed.TotalSeconds, 1),
            Distribution.Of(first),
            hundreds,
            DriftFrom(0),
            DriftFrom(hundreds.Count / 10),
            between == 0 ? null : (late!.PrivateBytes - early!.PrivateBytes) / (double)between,
            between == 0 ? null : (late!.StoredBytes - early!.StoredBytes) / (double)between,
            between == 0 ? null : early!.StoredBytes / (double)early.Contexts,
            violations);

        double DriftFrom(int index) => hundreds.Count == 0 ? 0 : Math.Round(hundreds[^1].FirstAudioMs.P50 - hundreds[index].FirstAudioMs.P50, 3);
    }

    /// <summary>Writes the result as a Markdown table, in which the hundreds lie further and further apart.</summary>
    public string Render()
    {
        var table = new StringBuilder()
            .AppendLine("| contexts after the start | first audio, ms p50 | p90 | p99 | max |")
            .AppendLine("|---|---:|---:|---:|---:|");
        foreach (var hundred in Hundreds.Where((_, i) => IsShown(i + 1) || i == Hundreds.Count - 1))
        {
            var (from, times) = (hundred.From, hundred.FirstAudioMs);
            table.AppendLine(CultureInfo.InvariantCulture, $"| {from} to {from + times.Count - 1} | {times.P50:F2} | {times.P90:F2} | {times.P99:F2} | {times.Max:F2} |");
        }

        table.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"{Contexts} contexts, {ContextsPerSecond:F0} a second; median of the last hundred {DriftMs:+0.00;-0.00;0.00} ms against the first, {WarmDriftMs:+0.00;-0.00;0.00} ms against the hundred after a tenth of all");
        if (PrivateBytesPerContext is not null || StoredBytesPerContext is not null)
        {
            table.AppendLine(CultureInfo.InvariantCulture, $"after the first tenth each context added {Cell.Kilobytes(PrivateBytesPerContext)} of private memory and {Cell.Kilobytes(StoredBytesPerContext)} on the disk, where each of the first tenth had {Cell.Kilobytes(StoredBytesPerEarlyContext)}");
        }

        return table.ToString();
    }

    // 1, 2, 5, 10, 20, 50, …
    private static bool IsShown(int number)
    {
        while (number % 10 == 0)
        {
            number /= 10;
        }

        return number is 1 or 2 or 5;
    }
}

/// <summary>A hundred contexts.</summary>
/// <param name="From">The number of the first of them, from 1.</param>
/// <param name="FirstAudioMs">From push to first chunk.</param>
internal sealed record Hundred(int From, Distribution FirstAudioMs);
