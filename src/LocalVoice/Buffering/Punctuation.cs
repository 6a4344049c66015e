namespace TtsGrains.LocalVoice.Buffering;

/// <summary>Where sentences and clauses end.</summary>
internal static class Punctuation
{
    private const string SentenceFinal = ".!?…‽؟۔।॥";

    private const string WideSentenceFinal = "。！？｡";

    private const string ClauseFinal = ",;:،؛—–";

    private const string WideClauseFinal = "，、；：";

    // Quotes and brackets that may stand between a full stop and the space after it.
    private const string Closing = "\"')]}»”’」』）】";

    /// <summary>The length of the text up to and with the white space after its last finished sentence; 0 when none is finished.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isComplete">False if more may follow: a quote behind the last mark would belong to the sentence.</param>
    public static int EndOfLastSentence(ReadOnlySpan<char> text, bool isComplete)
    {
        for (var end = text.Length; end > 0; end--)
        {
            if ((isComplete || end < text.Length) && IsBoundary(text, end, SentenceFinal, WideSentenceFinal))
            {
                return WithWhiteSpace(text, end);
            }
        }

        return 0;
    }

    /// <summary>The length of the text up to and with the white space after its first clause or sentence; 0 when none is finished.</summary>
    public static int EndOfFirstClause(ReadOnlySpan<char> text)
    {
        for (var end = 1; end <= text.Length; end++)
        {
            if (IsBoundary(text, end, SentenceFinal, WideSentenceFinal) || IsBoundary(text, end, ClauseFinal, WideClauseFinal))
            {
                return WithWhiteSpace(text, end);
            }
        }

        return 0;
    }

    /// <summary>Whether the text ends with punctuation that makes a speaker pause.</summary>
    public static bool EndsWithPause(ReadOnlySpan<char> text)
    {
        text = text.TrimEnd().TrimEnd(Closing);
        return text.Length > 0
            && (SentenceFinal.Contains(text[^1]) || WideSentenceFinal.Contains(text[^1]) || ClauseFinal.Contains(text[^1]) || WideClauseFinal.Contains(text[^1]));
    }

    // Latin punctuation ends something only before white space (3.5, 10:30, example.com); the wide kind is followed by none.
    private static bool IsBoundary(ReadOnlySpan<char> text, int end, string narrow, string wide)
    {
        var mark = text[..end].TrimEnd(Closing);
        if (mark.IsEmpty)
        {
            return false;
        }

        var followedByClosing = end < text.Length && Closing.Contains(text[end]);
        return !followedByClosing
            && (wide.Contains(mark[^1]) || (narrow.Contains(mark[^1]) && end < text.Length && char.IsWhiteSpace(text[end])));
    }

    private static int WithWhiteSpace(ReadOnlySpan<char> text, int end)
    {
        while (end < text.Length && char.IsWhiteSpace(text[end]))
        {
            end++;
        }

        return end;
    }
}
