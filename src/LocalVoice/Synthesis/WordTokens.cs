using System.Text;
using TtsGrains.LocalVoice.Reading;

namespace TtsGrains.LocalVoice.Synthesis;

/// <summary>
/// The words of a text as they appear in timestamps: what stands between white space, with its punctuation; of Chinese and Japanese, each
/// character with the punctuation after it.
/// </summary>
internal sealed class WordTokens
{
    private readonly List<(string Text, int Start, int End)> _tokens = [];

    public WordTokens(string text)
    {
        // Code points are counted for the engine, characters of the string for cutting the token out of it.
        var (position, index) = (0, 0);
        var (startPosition, startIndex) = (0, -1);
        foreach (var rune in text.EnumerateRunes())
        {
            var space = Rune.IsWhiteSpace(rune);
            if (startIndex >= 0 && (space || IsIdeograph(rune)))
            {
                _tokens.Add((text[startIndex..index], startPosition, position));
                startIndex = -1;
            }

            if (!space && startIndex < 0)
            {
                (startPosition, startIndex) = (position, index);
            }

            position++;
            index += rune.Utf16SequenceLength;
        }

        if (startIndex >= 0)
        {
            _tokens.Add((text[startIndex..], startPosition, position));
        }
    }

    public int Count => _tokens.Count;

    public string this[int index] => _tokens[index].Text;

    /// <summary>The token at a position in code points, not before the one that is already spoken.</summary>
    /// <returns>-1 when the position belongs to an earlier one, or to none.</returns>
    public int Find(int position, int current)
    {
        for (var i = Math.Max(current, 0); i < _tokens.Count; i++)
        {
            if (position < _tokens[i].End)
            {
                return position >= _tokens[i].Start ? NextSpeakable(i) : -1;
            }
        }

        return -1;
    }

    // An engine may report a word at the dash before it.
    private int NextSpeakable(int index)
    {
        var next = index;
        while (next < _tokens.Count && !SpokenForm.IsSpeech(_tokens[next].Text))
        {
            next++;
        }

        return next < _tokens.Count ? next : index;
    }

    /// <summary>True for a character that is a word of its own.</summary>
    public static bool IsIdeograph(Rune rune) => rune.Value is (>= 0x3040 and <= 0x30FF) or (>= 0x3400 and <= 0x9FFF) or (>= 0x20000 and <= 0x3FFFF);
}
