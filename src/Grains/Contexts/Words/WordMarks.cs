using System.Globalization;
using System.Text;

namespace TtsGrains.Grains.Contexts.Words;

/// <summary>Finds punctuation and symbols of an upstream's words in the text that was pushed. Pure.</summary>
internal static class WordMarks
{
    /// <summary>Finds a word without letters and digits, such as an emoji, before the next letter or digit of the text.</summary>
    /// <param name="text">What was pushed, without tags.</param>
    /// <param name="word">The word.</param>
    /// <param name="position">Where the search begins; the end of the word if it is found.</param>
    public static bool TryFind(string text, ReadOnlySpan<char> word, ref int position)
    {
        for (var at = position; at < text.Length && Rune.TryGetRuneAt(text, at, out var rune) && !Rune.IsLetterOrDigit(rune); at += rune.Utf16SequenceLength)
        {
            var length = CommonLength(text.AsSpan(at), word, out var isWhole);
            if (isWhole && length > 0)
            {
                position = at + length;
                return true;
            }
        }

        return false;
    }

    /// <summary>Returns what stands behind the last letter or digit of a word.</summary>
    public static ReadOnlySpan<char> Behind(ReadOnlySpan<char> word)
    {
        var (position, end) = (0, 0);
        foreach (var rune in word.EnumerateRunes())
        {
            position += rune.Utf16SequenceLength;
            end = Rune.IsLetterOrDigit(rune) ? position : end;
        }

        return word[end..];
    }

    /// <summary>Returns the length of the text's beginning that has the same marks. Combining marks, joiners and variation selectors do not count.</summary>
    public static int CommonLength(ReadOnlySpan<char> text, ReadOnlySpan<char> marks, out bool isWhole)
    {
        var length = 0;
        foreach (var mark in marks.EnumerateRunes())
        {
            if (IsCombining(mark))
            {
                continue;
            }

            if (!TryRead(text[length..], out var rune, out var behind) || rune != mark)
            {
                isWhole = false;
                return length;
            }

            length += behind;
        }

        isWhole = true;
        return length;
    }

    /// <summary>True if a character belongs to the one before it.</summary>
    public static bool IsCombining(Rune rune)
        => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark
            || rune.Value is 0x200C or 0x200D or 0x2060;

    // A character with all that belongs to it.
    private static bool TryRead(ReadOnlySpan<char> text, out Rune rune, out int length)
    {
        Rune.DecodeFromUtf16(text, out rune, out length);
        if (length == 0 || IsCombining(rune))
        {
            return false;
        }

        foreach (var next in text[length..].EnumerateRunes())
        {
            if (!IsCombining(next))
            {
                break;
            }

            length += next.Utf16SequenceLength;
        }

        return true;
    }
}
