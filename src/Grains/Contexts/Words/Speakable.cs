using System.Globalization;
using System.Text;
using TtsGrains.Protocol.Markup;

namespace TtsGrains.Grains.Contexts.Words;

/// <summary>Whether a text holds anything that can be said. Upstreams refuse a first transcript of punctuation only.</summary>
internal static class Speakable
{
    /// <summary>True if the text makes sound or a pause: it has a word, a symbol or a break.</summary>
    public static bool IsIn(ReadOnlySpan<char> text)
        => text.Contains('<') ? MarkupReader.Parse(text.ToString()).Exists(token => token.Kind == MarkupKind.Break || HasSpeech(token)) : HasSpeech(text);

    /// <summary>True if the text has a word or a symbol.</summary>
    public static bool HasWords(ReadOnlySpan<char> text)
        => text.Contains('<') ? MarkupReader.Parse(text.ToString()).Exists(HasSpeech) : HasSpeech(text);

    private static bool HasSpeech(MarkupToken token) => !token.IsTag && HasSpeech(token.Source);

    private static bool HasSpeech(ReadOnlySpan<char> text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.OtherSymbol or UnicodeCategory.CurrencySymbol or UnicodeCategory.MathSymbol or UnicodeCategory.OtherNumber)
            {
                return true;
            }
        }

        return false;
    }
}
