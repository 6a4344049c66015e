using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Voices;

/// <summary>Which voices a client asks for.</summary>
/// <param name="Limit">The most on one page.</param>
/// <param name="StartingAfter">The id before the page.</param>
/// <param name="EndingBefore">The id behind the page.</param>
/// <param name="Text">What name, description or id contain.</param>
/// <param name="Gender">The gender as it is listed.</param>
/// <param name="IsOwner">Whether the tenant owns them.</param>
internal sealed record VoiceQuery(int Limit, string? StartingAfter, string? EndingBefore, string? Text, string? Gender, bool? IsOwner)
{
    private const int DefaultLimit = 10;
    private const int HighestLimit = 100;

    private static readonly string[] Genders = ["masculine", "feminine", "gender_neutral"];

    /// <summary>Reads the query of a request. What it does not know, such as <c>expand[]</c>, is ignored.</summary>
    /// <returns>Null, or what is wrong.</returns>
    public static ProtocolError? Read(IQueryCollection values, out VoiceQuery query)
    {
        query = new VoiceQuery(DefaultLimit, Find("starting_after"), Find("ending_before"), Find("q"), Find("gender"), null);
        if (Find("limit") is { } limit)
        {
            if (!int.TryParse(limit, out var number) || number is < 1 or > HighestLimit)
            {
                return ErrorCatalogue.OutOfRange("limit", $"1 to {HighestLimit}");
            }

            query = query with { Limit = number };
        }

        if (Find("is_owner") is { } isOwner)
        {
            if (!bool.TryParse(isOwner, out var flag))
            {
                return ErrorCatalogue.WrongType("is_owner", "a boolean");
            }

            query = query with { IsOwner = flag };
        }

        return query.Gender is not null && !Genders.Contains(query.Gender) ? ErrorCatalogue.OutOfRange("gender", $"one of {string.Join(", ", Genders)}")
            : query is { StartingAfter: not null, EndingBefore: not null } ? ErrorCatalogue.Exclusive("starting_after", "ending_before")
            : null;

        string? Find(string name) => values[name].FirstOrDefault() is { Length: > 0 } value ? value : null;
    }

    public bool Matches(Voice voice)
        => (Gender is null || voice.Gender == Gender)
            && (IsOwner is null || voice.IsOwner == IsOwner)
            && (Text is null || Contains(voice.Name) || Contains(voice.Description) || Contains(voice.Tagline) || Contains(voice.Id));

    private bool Contains(string text) => text.Contains(Text!, StringComparison.OrdinalIgnoreCase);
}
