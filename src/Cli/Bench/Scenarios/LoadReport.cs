using System.Globalization;
using System.Text;
using TtsGrains.Cli.Bench.Results;

namespace TtsGrains.Cli.Bench.Scenarios;

/// <summary>Results of load as a Markdown table: rows of one number of contexts were measured in the same rounds.</summary>
internal static class LoadReport
{
    public static string Render(IReadOnlyList<LoadLine> lines)
    {
        var hasCancels = lines.Any(line => line.CancelToSilenceMs is not null);
        var cancelHeading = hasCancels ? $" cancel to silence, ms {Cell.PercentilesHeading} |" : "";
        var table = new StringBuilder()
            .AppendLine(CultureInfo.InvariantCulture, $"| contexts | through | first audio, ms {Cell.PercentilesHeading} | added, ms {Cell.PercentilesHeading} | chunk lateness, ms {Cell.PercentilesHeading} | late chunks |{cancelHeading} CPU per audio second | of relay | peak working set | per context | private |")
            .AppendLine(CultureInfo.InvariantCulture, $"|---:|---|---|---|---|---:|{(hasCancels ? "---|" : "")}---:|---:|---:|---:|---:|");
        foreach (var line in lines)
        {
            var cancels = hasCancels ? $" {Cell.Of(line.CancelToSilenceMs)} |" : "";
            table.AppendLine(CultureInfo.InvariantCulture,
                $"| {line.Contexts} | {line.Through} | {Cell.Of(line.FirstAudioMs)} | {Cell.Of(line.AddedMs, hasSign: true)} | {Cell.Of(line.LatenessMs)} | {line.LateChunks} of {line.Chunks} |{cancels} {Cell.Of(line.CpuMsPerAudioSecond, " ms")} | {Cell.Of(line.CpuOfRelay)} | {Cell.Megabytes(line.PeakWorkingSetBytes)} | {Cell.Kilobytes(line.WorkingSetBytesPerContext)} | {Cell.Megabytes(line.PrivateBytes)} |");
        }

        table.AppendLine();
        foreach (var line in lines.DistinctBy(line => line.Through))
        {
            table.AppendLine(CultureInfo.InvariantCulture, $"{line.Through}: first audio of the first context after the start {line.FirstContextMs:F1} ms, of the second {line.SecondContextMs:F1} ms");
        }

        return table.ToString();
    }
}
