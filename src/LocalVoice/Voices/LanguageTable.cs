using System.Collections.Frozen;

namespace TtsGrains.LocalVoice.Voices;

/// <summary>Which of espeak's languages speaks what a client asks for: Cartesia's language codes, and the locales that differ audibly.</summary>
internal static class LanguageTable
{
    private const string Default = "en-us";

    private static readonly FrozenDictionary<string, string> Names = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["en"] = Default,
        ["en-GB"] = "en-gb",
        ["en-AU"] = "en-gb",
        ["en-IN"] = "en-gb",
        ["en-IE"] = "en-gb",
        ["en-NZ"] = "en-gb",
        ["fr"] = "fr-fr",
        ["fr-BE"] = "fr-be",
        ["fr-CH"] = "fr-ch",
        ["de"] = "de",
        ["es"] = "es",
        ["es-MX"] = "es-419",
        ["es-419"] = "es-419",
        ["es-US"] = "es-419",
        ["es-AR"] = "es-419",
        ["es-CO"] = "es-419",
        ["pt"] = "pt",
        ["pt-BR"] = "pt-br",
        ["zh"] = "cmn",
        ["ja"] = "ja",
        ["hi"] = "hi",
        ["it"] = "it",
        ["ko"] = "ko",
        ["nl"] = "nl",
        ["pl"] = "pl",
        ["ru"] = "ru",
        ["sv"] = "sv",
        ["tr"] = "tr",

        // espeak has no Tagalog; Indonesian is its nearest relation with the same spelling of vowels.
        ["tl"] = "id",
        ["bg"] = "bg",
        ["ro"] = "ro",
        ["ar"] = "ar",
        ["cs"] = "cs",
        ["el"] = "el",
        ["fi"] = "fi",
        ["hr"] = "hr",
        ["ms"] = "ms",
        ["sk"] = "sk",
        ["da"] = "da",
        ["ta"] = "ta",
        ["uk"] = "uk",
        ["hu"] = "hu",
        ["no"] = "nb",
        ["vi"] = "vi",
        ["bn"] = "bn",
        ["th"] = "th",
        ["he"] = "he",
        ["ka"] = "ka",
        ["id"] = "id",
        ["te"] = "te",
        ["gu"] = "gu",
        ["kn"] = "kn",
        ["ml"] = "ml",
        ["mr"] = "mr",
        ["pa"] = "pa",
        ["or"] = "or",
        ["ur"] = "ur",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The languages that a client may name.</summary>
    public static IEnumerable<string> Languages => Names.Keys.Where(name => !name.Contains('-')).Order(StringComparer.Ordinal);

    /// <summary>Finds espeak's name of a language or locale, or of a locale's language; nothing named means English.</summary>
    /// <returns>Null when it is not known.</returns>
    public static string? Find(string? languageOrLocale)
    {
        if (languageOrLocale is null)
        {
            return Default;
        }

        var name = languageOrLocale.Replace('_', '-');
        return Names.TryGetValue(name, out var exact) ? exact
            : name.IndexOf('-', StringComparison.Ordinal) is > 0 and var dash && Names.TryGetValue(name[..dash], out var language) ? language
            : null;
    }
}
