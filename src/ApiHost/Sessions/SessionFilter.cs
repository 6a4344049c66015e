using System.Globalization;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>The filters of a listing as a client sends them; null for those that it left out.</summary>
internal sealed record SessionListQuery(string? Day, string? Ref, string? Live, string? State, string? MinCharacters, string? MaxCharacters, string? Text);

/// <summary>Selects sessions of a listing.</summary>
/// <param name="Day">A day, UTC; null with a reference lists all days.</param>
/// <param name="Reference">The caller's reference; null for any.</param>
/// <param name="IsLive">True for live sessions only, false for the others only, null for both.</param>
/// <param name="State"><c>open</c>, <c>finished</c>, or null for both.</param>
/// <param name="MinCharacters">The least characters of text.</param>
/// <param name="MaxCharacters">The most characters of text.</param>
internal sealed record SessionFilter(DateOnly? Day, string? Reference, bool? IsLive, string? State, int? MinCharacters, int? MaxCharacters)
{
    private const int LongestText = 200;

    public const string Open = "open";
    public const string Finished = "finished";

    /// <summary>Words that the archived text must have, each of them; empty for any text.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>True if sessions that are only in the archive may match.</summary>
    public bool IncludesArchived => IsLive is not true && State is not Open;

    /// <summary>True if live sessions may match.</summary>
    public bool IncludesLive => IsLive is not false;

    /// <summary>Reads the query of a request.</summary>
    /// <param name="query">The query.</param>
    /// <param name="today">The day, UTC, when neither a day nor a reference nor live sessions are asked for.</param>
    /// <param name="filter">The filter, when there is no error.</param>
    /// <returns>Null, or the error.</returns>
    public static ProtocolError? TryRead(SessionListQuery query, DateOnly today, out SessionFilter filter)
    {
        filter = new SessionFilter(null, null, null, null, null, null);
        DateOnly? day = DateOnly.TryParseExact(query.Day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : null;
        if (query.Day is not null && day is null)
        {
            return ErrorCatalogue.OutOfRange("day", "a date such as 2026-03-04");
        }

        if (query.Live is not (null or "true" or "false"))
        {
            return ErrorCatalogue.OutOfRange("live", "true or false");
        }

        if (query.State is not (null or Open or Finished))
        {
            return ErrorCatalogue.OutOfRange("state", "open or finished");
        }

        if (!TryReadCount(query.MinCharacters, out var least))
        {
            return ErrorCatalogue.OutOfRange("min_characters", "a whole number from 0");
        }

        if (!TryReadCount(query.MaxCharacters, out var most) || most < least)
        {
            return ErrorCatalogue.OutOfRange("max_characters", "a whole number from min_characters, or from 0");
        }

        if (query.Text?.Length > LongestText)
        {
            return ErrorCatalogue.OutOfRange("text", $"at most {LongestText} characters");
        }

        var reference = string.IsNullOrEmpty(query.Ref) ? null : query.Ref;
        var isAnyDay = reference is not null || query.Live == "true";
        filter = new SessionFilter(day ?? (isAnyDay ? null : today), reference, query.Live is null ? null : query.Live == "true", query.State, least, most)
        {
            Words = query.Text?.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries) ?? [],
        };
        return null;
    }

    /// <summary>True if a session that was found by day and reference matches in all else but its text, which must be read.</summary>
    public bool Matches(SessionListed session)
        => (State is null || State == session.State)
            && (IsLive is null || IsLive == session.Live)
            && !(session.Totals.Characters < MinCharacters)
            && !(session.Totals.Characters > MaxCharacters);

    private static bool TryReadCount(string? text, out int? count)
    {
        var isNumber = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        count = isNumber ? number : null;
        return isNumber || text is null;
    }
}
