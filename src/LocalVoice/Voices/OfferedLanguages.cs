using TtsGrains.LocalVoice.Synthesis;

namespace TtsGrains.LocalVoice.Voices;

/// <summary>The languages that a server offers: those of the table that its engine speaks. Checked once, at start.</summary>
internal sealed class OfferedLanguages
{
    private readonly ISpeechEngine _engine;

    public OfferedLanguages(ISpeechEngine engine)
    {
        _engine = engine;
        var languages = LanguageTable.Languages.ToLookup(language => engine.HasLanguage(language.EspeakName), language => language.Code);
        (Codes, Missing) = ([.. languages[true]], [.. languages[false]]);
    }

    /// <summary>Codes of the languages on offer.</summary>
    public IReadOnlyList<string> Codes { get; }

    /// <summary>Codes of languages whose voice is not installed.</summary>
    public IReadOnlyList<string> Missing { get; }

    /// <summary>Finds the engine's name of a language or locale; nothing named means English.</summary>
    /// <returns>Null if it is not offered.</returns>
    public string? Find(string? languageOrLocale)
    {
        if (LanguageTable.Find(languageOrLocale) is not { } name)
        {
            return null;
        }

        // A regional voice may be missing where that of the language is not.
        return _engine.HasLanguage(name) ? name
            : languageOrLocale is not null && LanguageTable.Find(languageOrLocale.Split('-', '_')[0]) is { } plain && _engine.HasLanguage(plain) ? plain
            : null;
    }
}
