using System.Text.Json.Serialization;

namespace TtsGrains.ApiHost.Voices;

/// <summary>An accent that voices can have.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name for people.</param>
/// <param name="Language">Its language code.</param>
/// <param name="Locale">Its locale.</param>
/// <param name="IsLocaleDefault">True if it is the usual accent of its locale.</param>
/// <param name="IsLocalizable">True if voices can be localized to it. This service localizes no voices.</param>
internal sealed record Accent(string Id, string Name, string Language, string Locale, bool IsLocaleDefault, bool IsLocalizable);

/// <summary>All accents, sorted by id.</summary>
internal sealed record AccentList(IReadOnlyList<Accent> Accents);

/// <summary>The body of a request that adds accents to a voice.</summary>
internal sealed record AddAccentsRequest(IReadOnlyList<string?>? Accents);

[JsonSerializable(typeof(Accent[]))]
[JsonSerializable(typeof(AccentList))]
[JsonSerializable(typeof(AddAccentsRequest))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class AccentJson : JsonSerializerContext;
