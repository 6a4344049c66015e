using System.Text.Json.Serialization;

namespace TtsGrains.ApiHost.Voices;

/// <summary>A voice as clients see it: the members of the older and of the newer API versions together.</summary>
internal sealed record Voice
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public string Description { get; init; } = "";

    /// <summary>The description in a few words.</summary>
    public string Tagline { get; init; } = "";

    /// <summary>The language code that the voice speaks best.</summary>
    public string Language { get; init; } = "en";

    /// <summary><c>masculine</c>, <c>feminine</c> or <c>gender_neutral</c>.</summary>
    public string? Gender { get; init; }

    /// <summary>ISO 3166 code.</summary>
    public string? Country { get; init; }

    /// <summary>The id of an accent that <c>GET /accents</c> lists.</summary>
    public string? Accent { get; init; }

    public IReadOnlyList<VoiceLocale> Locales { get; init; } = [];

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? PreviewFileUrl { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>The catalogue is the host's: no tenant owns a voice of it, and every tenant may use it.</summary>
    public bool IsOwner { get; }

    public bool IsPublic { get; } = true;

    public string Access { get; } = "public";

    public string Visibility { get; } = "all";
}

/// <summary>A locale that a voice speaks.</summary>
internal sealed record VoiceLocale(string Locale, bool IsNative);

/// <summary>One page of voices. <paramref name="NextPage"/> is what to ask for with <c>starting_after</c>; null on the last page.</summary>
internal sealed record VoicePage(IReadOnlyList<Voice> Data, bool HasMore, string? NextPage);

[JsonSerializable(typeof(VoicePage))]
[JsonSerializable(typeof(Voice[]))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class VoiceJson : JsonSerializerContext;
