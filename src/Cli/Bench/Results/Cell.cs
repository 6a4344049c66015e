using System.Globalization;

namespace TtsGrains.Cli.Bench.Results;

/// <summary>Values as cells of a Markdown table; a value that is not known is an empty cell.</summary>
internal static class Cell
{
    /// <summary>The heading of a cell with percentiles, behind what they are of.</summary>
    public const string PercentilesHeading = "p50 / p90 / p99 / p99.9 / max";

    /// <summary>Writes percentiles.</summary>
    /// <param name="values">The percentiles, ms.</param>
    /// <param name="hasSign">True to write a plus before what is above zero.</param>
    public static string Of(Distribution? values, bool hasSign = false)
    {
        var form = hasSign ? "+0.00;-0.00;0.00" : "0.00";
        return values is null ? "" : string.Join(" / ", new[] { values.P50, values.P90, values.P99, values.P999, values.Max }.Select(value => value.ToString(form, CultureInfo.InvariantCulture)));
    }

    /// <summary>Writes a number with two decimal places.</summary>
    public static string Of(double? value, string unit = "") => value is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{value:F2}{unit}");

    /// <summary>Writes bytes as MB of 1,000,000 bytes.</summary>
    public static string Megabytes(long? bytes) => bytes is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:F0} MB");

    /// <summary>Writes bytes as KB of 1,000 bytes.</summary>
    public static string Kilobytes(double? bytes) => bytes is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:F1} KB");
}
