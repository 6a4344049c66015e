using System.Globalization;
using System.Text;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.Grains.Contexts.Words;

/// <summary>
/// Finds the words that an upstream told in the text that was pushed. Letters and digits are compared, without regard to case and
/// punctuation, so it does not matter how an upstream cuts words; a word without any, such as an emoji, is found behind the one before it. Where it says something else than was written ("five dollars" for "$5"),
/// the walk is lost until two words behind that are found again: no word counts as said that was not.
/// </summary>
internal static class WordAligner
{
    /// <summary>A word whose place in the text is not certain.</summary>
    public const int Unknown = -1;

    /// <summary>Follows the words through the text.</summary>
    /// <param name="text">What was pushed.</param>
    /// <param name="words">What the upstream told, in order, from the beginning of the text.</param>
    /// <returns>For each word the position in the text behind it and the punctuation that is attached to it, or <see cref="Unknown"/>.</returns>
    public static int[] Follow(string text, IReadOnlyList<TimedText> words)
    {
        text = MarkupText.WithoutTags(text);
        var sounds = Fold(text);
        var told = words.Select(word => Fold(word.Text)).ToList();
        var ends = new int[words.Count];
        Array.Fill(ends, Unknown);
        var (at, position) = (0, 0);
        for (var i = 0; i < told.Count; i++)
        {
            if (told[i].Count == 0)
            {
                var isFound = WordMarks.TryFind(text, words[i].Text, ref position);
                ends[i] = (isFound && !IsApostrophe(text[position - 1])) || IsBoundary(text, position) ? WithPunctuation(text, position) : Unknown;
                continue;
            }

            if (!StartsWith(sounds, at, told[i]))
            {
                if (FindAgain(text, sounds, at, told, i) is not { } found)
                {
                    break;
                }

                (i, at) = found;
            }

            at += told[i].Count;
            var end = sounds[at - 1].End;
            position = end + WordMarks.CommonLength(text.AsSpan(end), WordMarks.Behind(words[i].Text), out _);
            ends[i] = IsBoundary(text, end) ? WithPunctuation(text, position) : Unknown;
        }

        return ends;
    }

    // What was not said as written has a digit or a sign in it; behind it, two words in a row must be as written.
    private static (int Word, int At)? FindAgain(string text, List<Sound> sounds, int at, List<List<Sound>> told, int word)
    {
        if (at == sounds.Count)
        {
            return null;
        }

        var tokens = Tokens(text, sounds);
        var first = tokens.FindIndex(token => token.End > at);
        if (tokens[first].IsPlain)
        {
            // Half of the token before may have been as written: the 50 of 50%.
            if (first == 0 || tokens[first].Start != at || tokens[first - 1].IsPlain)
            {
                return null;
            }

            first--;
        }

        first = tokens.FindIndex(first, token => token.IsPlain);
        if (first < 0 || first + 1 >= tokens.Count)
        {
            return null;
        }

        for (var i = word + 1; i + 1 < told.Count; i++)
        {
            if (IsToken(sounds, tokens[first], told[i]) && IsToken(sounds, tokens[first + 1], told[i + 1]))
            {
                return (i, tokens[first].Start);
            }
        }

        return null;
    }

    private static bool IsToken(List<Sound> sounds, Token token, List<Sound> word) => word.Count == token.End - token.Start && StartsWith(sounds, token.Start, word);

    private static bool StartsWith(List<Sound> sounds, int at, List<Sound> word)
    {
        if (word.Count > sounds.Count - at)
        {
            return false;
        }

        for (var i = 0; i < word.Count; i++)
        {
            if (sounds[at + i].Rune != word[i].Rune)
            {
                return false;
            }
        }

        return true;
    }

    // The letters and digits of a text in lower case, each with the position behind it and its marks.
    private static List<Sound> Fold(string text)
    {
        var sounds = new List<Sound>(text.Length);
        var position = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            position += rune.Utf16SequenceLength;
            if (Rune.IsLetterOrDigit(rune))
            {
                sounds.Add(new Sound(Rune.ToLowerInvariant(rune), position));
            }
            else if (sounds.Count > 0 && sounds[^1].End == position - rune.Utf16SequenceLength && WordMarks.IsCombining(rune))
            {
                sounds[^1] = sounds[^1] with { End = position };
            }
        }

        return sounds;
    }

    // What stands between white space and has letters or digits, as ranges of the sounds.
    private static List<Token> Tokens(string text, List<Sound> sounds)
    {
        var tokens = new List<Token>();
        var (at, position, start, isPlain) = (0, 0, 0, true);
        foreach (var rune in text.EnumerateRunes())
        {
            position += rune.Utf16SequenceLength;
            while (at < sounds.Count && sounds[at].End <= position)
            {
                at++;
            }

            var isSpace = Rune.IsWhiteSpace(rune);
            isPlain &= isSpace || IsPlain(rune);
            if ((isSpace || position == text.Length) && at > start)
            {
                tokens.Add(new Token(start, at, isPlain));
                start = at;
            }

            isPlain |= isSpace;
        }

        return tokens;
    }

    private static bool IsPlain(Rune rune)
        => Rune.IsLetter(rune) || WordMarks.IsCombining(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.DashPunctuation or UnicodeCategory.OpenPunctuation
            or UnicodeCategory.ClosePunctuation or UnicodeCategory.InitialQuotePunctuation or UnicodeCategory.FinalQuotePunctuation
            || rune.Value is '.' or ',' or ';' or ':' or '!' or '?' or '\'' or '"' or '…';

    // Inside a word there is no place to go on from, but in scripts that put no space between words.
    private static bool IsBoundary(string text, int position)
    {
        if (position == 0 || position >= text.Length || !Rune.TryGetRuneAt(text, position, out var next))
        {
            return true;
        }

        if (next.IsBmp && IsApostrophe((char)next.Value))
        {
            return position + 1 >= text.Length || !char.IsLetterOrDigit(text[position + 1]);
        }

        return !Rune.IsLetterOrDigit(next) || IsWrittenWithoutSpaces(next);
    }

    private static bool IsApostrophe(char c) => c is '\'' or '\u2019';

    private static bool IsWrittenWithoutSpaces(Rune rune)
        => rune.Value is (>= 0x0E00 and <= 0x0EFF) or (>= 0x1000 and <= 0x109F) or (>= 0x1780 and <= 0x17FF) or (>= 0x3040 and <= 0x30FF)
            or (>= 0x3400 and <= 0x9FFF) or (>= 0x20000 and <= 0x3FFFF);

    private static int WithPunctuation(string text, int position)
    {
        while (position < text.Length && (char.IsPunctuation(text[position]) && text[position] is not '%' and not '&' and not '#' and not '@'))
        {
            position++;
        }

        return position;
    }

    private readonly record struct Sound(Rune Rune, int End);

    private readonly record struct Token(int Start, int End, bool IsPlain);
}
