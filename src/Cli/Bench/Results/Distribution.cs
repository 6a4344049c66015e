namespace TtsGrains.Cli.Bench.Results;

/// <summary>Percentiles of measured times, ms: the value that this share of them does not exceed (nearest rank).</summary>
/// <param name="Count">The number of values.</param>
/// <param name="P50">The median.</param>
/// <param name="P90">Of 90 %.</param>
/// <param name="P99">Of 99 %.</param>
/// <param name="P999">Of 99.9 %; the largest when there are fewer than 1,000 values.</param>
/// <param name="Max">The largest.</param>
internal sealed record Distribution(int Count, double P50, double P90, double P99, double P999, double Max)
{
    /// <summary>Returns the percentiles of some values; null if there are none.</summary>
    public static Distribution? Of(IEnumerable<TimeSpan> values)
    {
        TimeSpan[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? null : new Distribution(sorted.Length, At(0.5), At(0.9), At(0.99), At(0.999), At(1));

        double At(double share) => Math.Round(sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)].TotalMilliseconds, 3);
    }

    /// <summary>Returns by how much each percentile exceeds the same one of another measurement; null if that has none.</summary>
    public Distribution? Above(Distribution? other) => other is null
        ? null
        : new Distribution(Count, Less(P50, other.P50), Less(P90, other.P90), Less(P99, other.P99), Less(P999, other.P999), Less(Max, other.Max));

    private static double Less(double value, double other) => Math.Round(value - other, 3);
}
