namespace TtsGrains.Grains.Quotas;

/// <summary>When the use of a month reaches a part of its limit.</summary>
internal static class MonthAlarm
{
    /// <summary>True if the use is now at the part or above it, and was not before.</summary>
    public static bool IsCrossed(long before, long after, long limit, int percent) => before * 100m < limit * (decimal)percent && after * 100m >= limit * (decimal)percent;
}
