using Microsoft.Extensions.Configuration;

namespace TtsGrains.Settings;

/// <summary>Rules about the entries of a section that has one options object for each name.</summary>
public static class EntryRules
{
    /// <summary>Gets a sentence for every entry that has no value for a setting.</summary>
    /// <param name="section">The section.</param>
    /// <param name="entries">The names of the entries that need a value.</param>
    /// <param name="setting">The setting.</param>
    /// <param name="noun">The kind of thing that an entry is, with an article.</param>
    public static IEnumerable<string> CheckPresent(IConfigurationSection section, IEnumerable<string> entries, string setting, string noun)
        => from entry in entries
           where string.IsNullOrEmpty(section[$"{entry}:{setting}"])
           select $"{section.Path}:{entry}:{setting} is empty; {noun} needs one.";

    /// <summary>Gets a sentence for every name that an entry lists and that does not exist. Case matters.</summary>
    /// <param name="section">The section.</param>
    /// <param name="list">The setting with the list of names.</param>
    /// <param name="noun">The kind of thing that is named.</param>
    /// <param name="known">The existing names.</param>
    public static IEnumerable<string> CheckReferences(IConfigurationSection section, string list, string noun, IReadOnlyCollection<string> known)
        => section.GetChildren().SelectMany(entry => CheckReferences($"{entry.Path}:{list}", entry.GetSection(list).GetChildren().Select(name => name.Value).OfType<string>(), noun, known));

    /// <summary>Gets a sentence for every name in a list that does not exist. Case matters.</summary>
    /// <param name="setting">The full name of the setting with the list.</param>
    /// <param name="names">The listed names.</param>
    /// <param name="noun">The kind of thing that is named.</param>
    /// <param name="known">The existing names.</param>
    public static IEnumerable<string> CheckReferences(string setting, IEnumerable<string> names, string noun, IReadOnlyCollection<string> known)
        => from name in names
           where !known.Contains(name)
           select $"{setting} names '{name}'; no {noun} of that name is configured.{Suggestion.For(name, known)}";
}
