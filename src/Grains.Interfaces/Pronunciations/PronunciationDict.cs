using System.Collections.Immutable;

namespace TtsGrains.Grains.Interfaces.Pronunciations;

/// <summary>A pronunciation dictionary of a tenant.</summary>
/// <param name="Id">Its id, chosen by the service.</param>
/// <param name="Name">Its name, chosen by the tenant.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="Items">Its entries.</param>
/// <param name="Revision">Counts its changes, from 1.</param>
[GenerateSerializer, Immutable, Alias("tts.PronunciationDict")]
public sealed record PronunciationDict(
    [property: Id(0)] string Id,
    [property: Id(1)] string Name,
    [property: Id(2)] DateTimeOffset CreatedAt,
    [property: Id(3)] ImmutableArray<PronunciationItem> Items,
    [property: Id(4)] int Revision)
{
    /// <summary>Its copies at upstreams that keep dictionaries of their own, by the upstream's name.</summary>
    [Id(5)]
    public ImmutableDictionary<string, PronunciationCopy> Copies { get; init; } = ImmutableDictionary<string, PronunciationCopy>.Empty;
}

/// <summary>An entry of a pronunciation dictionary.</summary>
/// <param name="Text">The text to replace.</param>
/// <param name="Alias">The text that is spoken in its place.</param>
/// <param name="IsCaseSensitive">False if every capitalization of the text is replaced.</param>
[GenerateSerializer, Immutable, Alias("tts.PronunciationItem")]
public sealed record PronunciationItem([property: Id(0)] string Text, [property: Id(1)] string Alias, [property: Id(2)] bool IsCaseSensitive);

/// <summary>A copy of a dictionary at an upstream.</summary>
/// <param name="Id">Its id there.</param>
/// <param name="Revision">The revision that was copied.</param>
[GenerateSerializer, Immutable, Alias("tts.PronunciationCopy")]
public sealed record PronunciationCopy([property: Id(0)] string Id, [property: Id(1)] int Revision);
