using System.Diagnostics;
using System.Globalization;

namespace TtsGrains.Cli.Bench.Processes;

/// <summary>Reads the private memory of a process.</summary>
internal static class ProcessMemory
{
    private const int Kilobyte = 1024;

    /// <summary>Gets the bytes of memory that a process shares with no other.</summary>
    public static long PrivateBytesOf(Process process)
    {
        // On Linux, PrivateMemorySize64 counts the address space that the garbage collector has reserved.
        var rollup = $"/proc/{process.Id.ToString(CultureInfo.InvariantCulture)}/smaps_rollup";
        if (File.Exists(rollup))
        {
            return ParseRollup(File.ReadLines(rollup));
        }

        process.Refresh();
        return process.PrivateMemorySize64;
    }

    /// <summary>Adds up the private pages that <c>smaps_rollup</c> lists.</summary>
    public static long ParseRollup(IEnumerable<string> lines) => lines
        .Where(line => line.StartsWith("Private_Clean:", StringComparison.Ordinal) || line.StartsWith("Private_Dirty:", StringComparison.Ordinal))
        .Sum(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture)) * Kilobyte;
}
