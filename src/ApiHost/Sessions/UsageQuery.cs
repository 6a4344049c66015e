using System.Globalization;
using TtsGrains.Archive.Usage;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>Days of usage and how to group them.</summary>
/// <param name="From">The first day, UTC.</param>
/// <param name="To">The last day, UTC.</param>
/// <param name="Group">Gets the name of a record's group; null for one that has none.</param>
internal sealed record UsageQuery(DateOnly From, DateOnly To, Func<UsageRecord, string?> Group)
{
    /// <summary>The most days of one request.</summary>
    public const int MostDays = 31;

    public const string ByDay = "day";
    public const string ByKey = "key";
    public const string ByReference = "ref";
    public const string ByModel = "model";
    public const string ByUpstream = "upstream";

    /// <summary>Reads the query of a request.</summary>
    /// <param name="from">The first day; today if it is left out.</param>
    /// <param name="to">The last day; the first if it is left out.</param>
    /// <param name="by">The grouping; by day if it is left out.</param>
    /// <param name="today">The current day, UTC.</param>
    /// <param name="query">The query, when there is no error.</param>
    /// <returns>Null, or the error.</returns>
    public static ProtocolError? TryRead(string? from, string? to, string? by, DateOnly today, out UsageQuery query)
    {
        query = new UsageQuery(today, today, DayOf);
        if (!TryReadDay(from, today, out var first))
        {
            return ErrorCatalogue.OutOfRange("from", "a date such as 2026-03-04");
        }

        if (!TryReadDay(to, first, out var last) || last < first || last.DayNumber - first.DayNumber >= MostDays)
        {
            return ErrorCatalogue.OutOfRange("to", $"a date such as 2026-03-04, from the day of from to {MostDays - 1} days later");
        }

        Func<UsageRecord, string?>? group = by switch
        {
            null or ByDay => DayOf,
            ByKey => record => record.KeyId,
            ByReference => record => record.Reference,
            ByModel => record => record.ModelId,
            ByUpstream => record => record.Upstream,
            _ => null,
        };
        if (group is null)
        {
            return ErrorCatalogue.OutOfRange("by", $"{ByDay}, {ByKey}, {ByReference}, {ByModel} or {ByUpstream}");
        }

        query = new UsageQuery(first, last, group);
        return null;
    }

    private static string DayOf(UsageRecord record) => record.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static bool TryReadDay(string? text, DateOnly absent, out DateOnly day)
    {
        day = absent;
        return text is null || DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day);
    }
}
