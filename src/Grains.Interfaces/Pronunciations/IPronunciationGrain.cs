using System.Collections.Immutable;

namespace TtsGrains.Grains.Interfaces.Pronunciations;

/// <summary>The pronunciation dictionaries of one tenant (key: the tenant's id). Changes are stored before a call returns.</summary>
[Alias("tts.IPronunciationGrain")]
public interface IPronunciationGrain : IGrainWithStringKey
{
    /// <summary>The most dictionaries of one tenant.</summary>
    const int MaxDicts = 100;

    /// <summary>Creates a dictionary. Returns null if the tenant has <see cref="MaxDicts"/> already.</summary>
    [Alias("create")]
    Task<PronunciationDict?> CreateAsync(string name, ImmutableArray<PronunciationItem> items);

    /// <summary>Gets all dictionaries, the newest first.</summary>
    [Alias("list")]
    Task<ImmutableArray<PronunciationDict>> ListAsync();

    /// <summary>Gets a dictionary. Returns null if there is none.</summary>
    [Alias("get")]
    Task<PronunciationDict?> GetAsync(string id);

    /// <summary>Gets a dictionary for speech, after copying it to those of the tenant's upstreams that keep dictionaries. Returns null if there is none.</summary>
    [Alias("speak")]
    Task<PronunciationDict?> GetForSpeechAsync(string id);

    /// <summary>Changes a dictionary. Returns null if there is none.</summary>
    /// <param name="id">The dictionary.</param>
    /// <param name="name">The new name; null keeps it.</param>
    /// <param name="items">The new entries; null keeps them.</param>
    [Alias("update")]
    Task<PronunciationDict?> UpdateAsync(string id, string? name, ImmutableArray<PronunciationItem>? items);

    /// <summary>Deletes a dictionary. Returns false if there is none.</summary>
    [Alias("delete")]
    Task<bool> DeleteAsync(string id);
}
