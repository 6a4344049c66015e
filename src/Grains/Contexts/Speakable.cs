using System.Globalization;
using System.Text;

namespace TtsGrains.Grains.Contexts;

/// <summary>Whether a text holds anything that can be said. Upstreams refuse a first transcript of punctuation only.</summary>
internal static class Speakable
{
    public static bool IsIn(ReadOnlySpan<char> text)
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
