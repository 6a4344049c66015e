using System.Text;
using System.Text.RegularExpressions;

namespace TtsGrains.LocalVoice.Buffering;

/// <summary>What of a text is said.</summary>
internal static partial class SpokenText
{
    /// <summary>Whether there is anything in it that can be said: a letter, a digit or a symbol with a name.</summary>
    public static bool HasSomethingToSay(string text)
    {
        foreach (var rune in ToSpoken(text).EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune) || Rune.IsSymbol(rune))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Blanks what is not to be said: control characters, and the tags that Cartesia's models read as directions. Every character keeps
    /// its place, since the engine's word events are positions.
    /// </summary>
    public static string ToSpoken(string text)
    {
        var spoken = text.Contains('<', StringComparison.Ordinal) ? Tags().Replace(text, static tag => new string(' ', tag.Length)) : text;
        return spoken.AsSpan().ContainsAnyInRange('\0', '\u001f')
            ? string.Create(spoken.Length, spoken, static (chars, source) =>
            {
                for (var i = 0; i < chars.Length; i++)
                {
                    chars[i] = char.IsControl(source[i]) ? ' ' : source[i];
                }
            })
            : spoken;
    }

    [GeneratedRegex("</?(?:spell|emotion|break|volume|speed)(?:\\s[^<>]*)?/?>", RegexOptions.CultureInvariant)]
    private static partial Regex Tags();
}
