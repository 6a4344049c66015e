namespace TtsGrains.LocalVoice.Buffering;

/// <summary>
/// Cuts text into the pieces that are synthesised in one go. The engine's intonation is by clause anyway, so a cut there is not heard;
/// short pieces let many contexts take turns and let the first audio leave early.
/// </summary>
internal static class ClauseCutter
{
    /// <summary>The most characters in one piece: about 20 seconds of speech.</summary>
    private const int LongestPiece = 300;

    /// <summary>Cuts; the pieces joined are the text.</summary>
    public static IEnumerable<string> Cut(string text)
    {
        var start = 0;
        while (start < text.Length)
        {
            var length = LengthOfFirst(text.AsSpan(start));
            yield return text.Substring(start, length);
            start += length;
        }
    }

    private static int LengthOfFirst(ReadOnlySpan<char> text)
    {
        var window = text[..Math.Min(text.Length, LongestPiece + 1)];
        var clause = Punctuation.EndOfFirstClause(window);
        if (clause > 0)
        {
            return clause;
        }

        if (text.Length <= LongestPiece)
        {
            return text.Length;
        }

        var space = window.LastIndexOf(' ');
        return space > 0 ? space + 1 : WordEnd.FloorToCharacter(text, LongestPiece);
    }
}
