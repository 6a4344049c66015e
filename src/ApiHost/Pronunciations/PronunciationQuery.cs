using System.Collections.Immutable;
using TtsGrains.Grains.Interfaces.Pronunciations;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Pronunciations;

/// <summary>Which page of the dictionaries a client asks for.</summary>
internal static class PronunciationQuery
{
    private const int DefaultLimit = 10;
    private const int HighestLimit = 100;

    /// <summary>Selects a page. The SDKs ask for the page behind its last entry until a page is empty.</summary>
    /// <param name="values">The query of the request.</param>
    /// <param name="tenant">The tenant.</param>
    /// <param name="all">Its dictionaries, the newest first.</param>
    /// <param name="page">The page, when there is no error.</param>
    /// <returns>Null, or the error.</returns>
    public static ProtocolError? Select(IQueryCollection values, string tenant, ImmutableArray<PronunciationDict> all, out PronunciationPage page)
    {
        page = new PronunciationPage([], HasMore: false, NextPage: null);
        var (after, before, limit) = (Find("starting_after"), Find("ending_before"), DefaultLimit);
        if (Find("limit") is { } given && (!int.TryParse(given, out limit) || limit is < 1 or > HighestLimit))
        {
            return ErrorCatalogue.OutOfRange("limit", $"1 to {HighestLimit}");
        }

        if (after is not null && before is not null)
        {
            return ErrorCatalogue.Exclusive("starting_after", "ending_before");
        }

        var (from, to) = (0, all.Length);
        if (after is not null && (from = IndexOf(after) + 1) == 0)
        {
            return ErrorCatalogue.OutOfRange("starting_after", "the id of a dictionary");
        }

        if (before is not null && (to = IndexOf(before)) < 0)
        {
            return ErrorCatalogue.OutOfRange("ending_before", "the id of a dictionary");
        }

        var matches = all[from..to];
        var data = before is null ? matches.Take(limit).ToArray() : matches.TakeLast(limit).ToArray();
        var hasMore = matches.Length > data.Length;
        page = new PronunciationPage([.. data.Select(dict => PronunciationDocument.Of(tenant, dict))], hasMore, hasMore ? data[^1].Id : null);
        return null;

        string? Find(string name) => values[name].FirstOrDefault() is { Length: > 0 } value ? value : null;

        int IndexOf(string id) => all.Select(dict => dict.Id).ToList().IndexOf(id);
    }
}
