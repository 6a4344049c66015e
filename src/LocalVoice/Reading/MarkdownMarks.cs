using System.Text.RegularExpressions;

namespace TtsGrains.LocalVoice.Reading;

/// <summary>Finds the marks of Markdown, which are not read aloud. Text may be cut anywhere, so a mark needs no partner.</summary>
internal static partial class MarkdownMarks
{
    /// <summary>Notes marks as blank, by code unit.</summary>
    /// <param name="text">The text.</param>
    /// <param name="startsLine">True if the text begins at the start of a line.</param>
    /// <param name="treatments">Receives the treatment of each mark.</param>
    public static void Mark(string text, bool startsLine, Span<Treatment> treatments)
    {
        if (startsLine)
        {
            MarkLineStart(text, 0, treatments);
        }

        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is '\n' or '\r')
            {
                MarkLineStart(text, i + 1, treatments);
            }
            else if (text[i] is '*' or '_' or '~' or '-' or '=' or '`' or '|')
            {
                i = MarkRun(text, i, treatments) - 1;
            }
            else if (text[i] == '[' || (text[i] == '!' && i + 1 < text.Length && text[i + 1] == '['))
            {
                treatments[i] = Treatment.Blank;
            }
            else if (text[i] == '\\' && i + 1 < text.Length && char.IsAscii(text[i + 1]) && (char.IsPunctuation(text[i + 1]) || char.IsSymbol(text[i + 1])))
            {
                // What it escapes is no mark.
                treatments[i++] = Treatment.Blank;
            }
            else if (text[i] == ']')
            {
                var target = LinkTarget().Match(text, i);
                treatments.Slice(i, target.Success ? target.Length : 1).Fill(Treatment.Blank);
                i += target.Success ? target.Length - 1 : 0;
            }
        }
    }

    // Headings, quotes and list items; one may begin inside another.
    private static void MarkLineStart(string text, int start, Span<Treatment> treatments)
    {
        var mark = LineMark().Match(text, start);
        while (mark.Success && mark.Length > 0)
        {
            treatments.Slice(mark.Index, mark.Length).Fill(Treatment.Blank);
            start = mark.Index + mark.Length;
            mark = LineMark().Match(text, start);
        }
    }

    private static int MarkRun(string text, int start, Span<Treatment> treatments)
    {
        var end = start + 1;
        while (end < text.Length && text[end] == text[start])
        {
            end++;
        }

        var (before, after) = (start > 0 ? text[start - 1] : ' ', end < text.Length ? text[end] : ' ');
        var isMark = text[start] switch
        {
            '`' or '|' => true,
            '*' => end - start > 1 || !((char.IsWhiteSpace(before) && char.IsWhiteSpace(after)) || (char.IsDigit(before) && char.IsDigit(after))),
            '_' => !(char.IsLetterOrDigit(before) && char.IsLetterOrDigit(after)),
            '~' => end - start > 1,
            _ => end - start > 2,
        };
        if (isMark)
        {
            treatments[start..end].Fill(Treatment.Blank);
        }

        return end;
    }

    [GeneratedRegex(@"\G[ \t]*(?:#{1,6}(?=\s|$)|>|[-*+•](?=\s|$)(?:[ \t]+\[[ xX]\](?=\s))?)", RegexOptions.CultureInvariant)]
    private static partial Regex LineMark();

    [GeneratedRegex(@"\G\](?:\((?:[^()\s]|\([^()\s]*\))*(?:[ \t]+""[^""\n]*"")?\)|\[[^\[\]\n]*\])", RegexOptions.CultureInvariant)]
    private static partial Regex LinkTarget();
}
