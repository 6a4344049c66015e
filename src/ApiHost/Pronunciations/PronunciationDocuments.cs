using System.Text.Json.Serialization;
using TtsGrains.Grains.Interfaces.Pronunciations;

namespace TtsGrains.ApiHost.Pronunciations;

/// <summary>A pronunciation dictionary as clients see it.</summary>
internal sealed record PronunciationDocument(
    string Id, string Name, string OwnerId, bool Pinned, DateTimeOffset CreatedAt, IReadOnlyList<PronunciationItemDocument> Items)
{
    public static PronunciationDocument Of(string tenant, PronunciationDict dict) => new(
        dict.Id, dict.Name, tenant, Pinned: false, dict.CreatedAt, [.. dict.Items.Select(item => new PronunciationItemDocument(item.Text, item.Alias, item.IsCaseSensitive))]);
}

/// <summary>An entry of a dictionary.</summary>
internal sealed record PronunciationItemDocument(string Text, string Alias, bool CaseSensitive);

/// <summary>One page of dictionaries. <paramref name="NextPage"/> is the value of <c>starting_after</c> for the next page; null on the last page.</summary>
internal sealed record PronunciationPage(IReadOnlyList<PronunciationDocument> Data, bool HasMore, string? NextPage);

/// <summary>The body of a request that creates or changes a dictionary.</summary>
internal sealed record PronunciationBody(string? Name, IReadOnlyList<PronunciationBodyItem?>? Items);

/// <summary>An entry in such a body.</summary>
internal sealed record PronunciationBodyItem(string? Text, string? Alias, bool? CaseSensitive);

[JsonSerializable(typeof(PronunciationDocument))]
[JsonSerializable(typeof(PronunciationPage))]
[JsonSerializable(typeof(PronunciationBody))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class PronunciationJson : JsonSerializerContext;
