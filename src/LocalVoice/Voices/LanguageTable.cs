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
        ["fr"] = "fr",
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
        ["zh-HK"] = "yue",
        ["zh-MO"] = "yue",
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

    // Other codes for the same languages: retired ones, three letters, macrolanguages, dialects without a voice of their own.
    private static readonly FrozenDictionary<string, string> Synonyms = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["fil"] = "tl",
        ["tgl"] = "tl",
        ["nb"] = "no",
        ["nn"] = "no",
        ["nob"] = "no",
        ["nno"] = "no",
        ["nor"] = "no",
        ["iw"] = "he",
        ["heb"] = "he",
        ["in"] = "id",
        ["ind"] = "id",
        ["mo"] = "ro",
        ["ron"] = "ro",
        ["rum"] = "ro",
        ["sh"] = "hr",
        ["hrv"] = "hr",
        ["cmn"] = "zh",
        ["yue"] = "zh-HK",
        ["zho"] = "zh",
        ["chi"] = "zh",
        ["eng"] = "en",
        ["fra"] = "fr",
        ["fre"] = "fr",
        ["deu"] = "de",
        ["ger"] = "de",
        ["gsw"] = "de",
        ["spa"] = "es",
        ["por"] = "pt",
        ["jpn"] = "ja",
        ["jp"] = "ja",
        ["hin"] = "hi",
        ["ita"] = "it",
        ["kor"] = "ko",
        ["kr"] = "ko",
        ["nld"] = "nl",
        ["dut"] = "nl",
        ["pol"] = "pl",
        ["rus"] = "ru",
        ["swe"] = "sv",
        ["tur"] = "tr",
        ["bul"] = "bg",
        ["ara"] = "ar",
        ["arb"] = "ar",
        ["ces"] = "cs",
        ["cze"] = "cs",
        ["ell"] = "el",
        ["gre"] = "el",
        ["fin"] = "fi",
        ["msa"] = "ms",
        ["may"] = "ms",
        ["zsm"] = "ms",
        ["slk"] = "sk",
        ["slo"] = "sk",
        ["dan"] = "da",
        ["tam"] = "ta",
        ["ukr"] = "uk",
        ["hun"] = "hu",
        ["vie"] = "vi",
        ["ben"] = "bn",
        ["tha"] = "th",
        ["kat"] = "ka",
        ["geo"] = "ka",
        ["tel"] = "te",
        ["guj"] = "gu",
        ["kan"] = "kn",
        ["mal"] = "ml",
        ["mar"] = "mr",
        ["pan"] = "pa",
        ["ori"] = "or",
        ["ory"] = "or",
        ["urd"] = "ur",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The languages that a client may name, and espeak's name of each.</summary>
    public static IEnumerable<(string Code, string EspeakName)> Languages =>
        Names.Where(entry => !entry.Key.Contains('-')).Select(entry => (entry.Key, entry.Value)).OrderBy(entry => entry.Key, StringComparer.Ordinal);

    /// <summary>Finds espeak's name of a language or locale, or of a locale's language; nothing named means English.</summary>
    /// <returns>Null when it is not known.</returns>
    public static string? Find(string? languageOrLocale)
    {
        if (languageOrLocale is null)
        {
            return Default;
        }

        // Locales of operating systems carry an encoding or a modifier: en_US.UTF-8, de_DE@euro.
        var code = languageOrLocale.Trim();
        code = (code.IndexOfAny(['.', '@']) is > 0 and var end ? code[..end] : code).Replace('_', '-');
        var parts = code.Split('-');
        if (Synonyms.TryGetValue(parts[0], out var synonym))
        {
            parts[0] = synonym;
        }

        // A script may stand between language and region: zh-Hans-CN, es-Latn-MX.
        var region = parts.Skip(1).FirstOrDefault(part => part.Length is 2 or 3);
        return region is not null && Names.TryGetValue($"{parts[0]}-{region}", out var exact) ? exact : Names.GetValueOrDefault(parts[0]);
    }
}
