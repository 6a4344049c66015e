using System.Globalization;

namespace TtsGrains.Cli.Drill;

/// <summary>A report for people.</summary>
internal static class DrillTable
{
    public static string Line(FaultResult fault) => string.Create(
        CultureInfo.InvariantCulture,
        $"{fault.Fault}: {fault.Contexts} contexts, {fault.WordsLost} of {fault.Words} words lost, {fault.WordsRepeated} repeated, {fault.Failed} failed, longest pause {fault.LongestPauseMs} ms, {fault.BytesVerified} of {fault.Bytes} bytes verified, {fault.ArchivedBytesVerified} in the archive{(fault.Errors.Count == 0 ? "" : $"; errors: {string.Join(", ", fault.Errors.Select(error => $"{error.Value} {error.Key}"))}")}");

    public static IEnumerable<string> Lines(DrillReport report, string fingerprint)
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"drill of {report.Version}, {report.StartedAt:u} to {report.FinishedAt:u}, {report.Silos} silos, {report.Apis} API hosts, {report.Calls} calls");
        yield return report.Machine;
        foreach (var fault in report.Faults)
        {
            yield return Line(fault);
        }

        yield return report.IsClean ? "nothing was lost, repeated or changed" : "SOMETHING WAS LOST, REPEATED OR CHANGED";
        yield return $"signed by {fingerprint}";
    }
}
