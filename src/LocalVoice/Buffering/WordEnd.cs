using System.Globalization;
using System.Text;
using TtsGrains.LocalVoice.Synthesis;

namespace TtsGrains.LocalVoice.Buffering;

/// <summary>How much of a text is finished words, whatever follows it.</summary>
internal static class WordEnd
{
    /// <summary>
    /// The length up to and with the last white space, or up to the last ideograph, which is a word of its own but may still get a mark.
    /// </summary>
    public static int EndOfFinishedWords(string text)
    {
        var end = text.Length;
        while (end > 0)
        {
            if (char.IsWhiteSpace(text[end - 1]))
            {
                return end;
            }

            var status = Rune.DecodeLastFromUtf16(text.AsSpan(0, end), out var rune, out var units);
            end -= units;
            if (status == System.Buffers.OperationStatus.Done && WordTokens.IsIdeograph(rune))
            {
                return end;
            }
        }

        return 0;
    }

    /// <summary>The nearest position, at or before the given one, that is not inside a character with its marks.</summary>
    public static int FloorToCharacter(ReadOnlySpan<char> text, int position)
    {
        // A character is found from the one before it; no real one is longer than this.
        var boundary = Math.Max(0, position - 64);
        var start = boundary;
        while (boundary < position)
        {
            var next = boundary + StringInfo.GetNextTextElementLength(text[boundary..]);
            if (next > position && boundary > start)
            {
                return boundary;
            }

            boundary = next;
        }

        return position < text.Length && char.IsLowSurrogate(text[position]) && char.IsHighSurrogate(text[position - 1]) ? position - 1 : position;
    }
}
