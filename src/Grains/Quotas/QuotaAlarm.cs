namespace TtsGrains.Grains.Quotas;

/// <summary>When a use reaches a part of its limit.</summary>
internal static class QuotaAlarm
{
    /// <summary>True if the use is now at the part or above it, and was not before.</summary>
    public static bool IsCrossed(long before, long after, long limit, int percent) => before * 100m < limit * (decimal)percent && after * 100m >= limit * (decimal)percent;
}
