using System.Collections.Immutable;
using System.Text;
using TtsGrains.Grains.Contexts.Log;
using TtsGrains.Grains.Contexts.Words;
using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.Grains.Contexts.Attempts;

/// <summary>Whether an upstream still has to say something of what it was given, as far as its word times tell. Pure.</summary>
internal static class UnreportedWords
{
    /// <summary>Whether words are left that the upstream has not told. When it cannot be known, none are.</summary>
    /// <param name="inputs">What is not finished.</param>
    /// <param name="delivered">What the log holds of it.</param>
    /// <param name="mayWaitForWholeWords">Whether it may keep a last word that may not be whole until there is more.</param>
    public static bool IsLeft(ImmutableArray<ContextInput> inputs, DeliveredSpeech delivered, bool mayWaitForWholeWords)
    {
        var text = MarkupText.WithoutTags(string.Concat(inputs.Select(input => input.Text)));
        if (delivered.Bytes > 0 && delivered.Words.IsEmpty)
        {
            return false;
        }

        var ends = WordAligner.Follow(text, delivered.Words);
        if (ends.Length > 0 && ends[^1] == WordAligner.Unknown)
        {
            return false;
        }

        var rest = text.AsSpan(ends.Length > 0 ? ends[^1] : 0);
        if (mayWaitForWholeWords && !rest.IsEmpty && !char.IsWhiteSpace(rest[^1]) && !char.IsPunctuation(rest[^1]))
        {
            rest = rest[..(rest.LastIndexOfAny(" \t\r\n\u3000") + 1)];
        }

        return Speakable.IsIn(rest);
    }

    /// <summary>Whether there is anything that must have audio: symbols alone may rightly be without.</summary>
    public static bool HasWords(IEnumerable<ContextInput> inputs) => inputs.Any(input => input.Text.EnumerateRunes().Any(Rune.IsLetterOrDigit));
}
