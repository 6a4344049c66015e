using System.Text;

namespace TtsGrains.LocalVoice.Reading;

/// <summary>
/// What an engine reads for a text. It may be longer or shorter than the text: each of its code points knows the one of the text that it
/// stands for, so that words keep the text as it was sent.
/// </summary>
internal sealed class SpokenForm
{
    private readonly List<int> _sources = [];
    private readonly StringBuilder _spoken = new();

    private SpokenForm()
    {
    }

    /// <summary>The text for the engine.</summary>
    public string Text { get; private set; } = "";

    /// <summary>True if there is anything to speak: a letter, a digit or a symbol with a name.</summary>
    public bool HasSpeech { get; private set; }

    /// <summary>Makes the spoken form of a text without tags.</summary>
    /// <param name="text">The text as it was sent.</param>
    /// <param name="startsLine">True if it begins at the start of a line, where Markdown has marks of its own.</param>
    /// <param name="spelled">Ranges of the text, in UTF-16 code units, that are spelled out.</param>
    public static SpokenForm Create(string text, bool startsLine = false, IReadOnlyList<Range>? spelled = null)
    {
        Span<Treatment> treatments = text.Length <= 512 ? stackalloc Treatment[text.Length] : new Treatment[text.Length];
        SilentCharacters.Mark(text, treatments);
        MarkdownMarks.Mark(text, startsLine, treatments);
        var form = new SpokenForm();
        var source = 0;
        var wasSpelled = false;
        for (var i = 0; i < text.Length; source++)
        {
            Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var units);
            var isSpelled = spelled is not null && IsIn(spelled, i);
            if (isSpelled)
            {
                form.Spell(rune, source);
            }
            else
            {
                form.EndSpelling(wasSpelled, rune, source);
                form.Append(rune, treatments[i], source);
            }

            wasSpelled = isSpelled;
            i += units;
        }

        form.EndSpelling(wasSpelled, new Rune(' '), source);
        form.Text = form._spoken.ToString();
        return form;
    }

    /// <summary>True if a text without tags has anything to speak.</summary>
    public static bool IsSpeech(string text) => Create(text).HasSpeech;

    /// <summary>The position in the text, in code points, of a position in the spoken form.</summary>
    public int ToSource(int position) => _sources.Count == 0 ? 0 : _sources[Math.Clamp(position, 0, _sources.Count - 1)];

    private static bool IsIn(IReadOnlyList<Range> ranges, int position)
    {
        foreach (var range in ranges)
        {
            if (position >= range.Start.Value && position < range.End.Value)
            {
                return true;
            }
        }

        return false;
    }

    private void Append(Rune rune, Treatment treatment, int source)
    {
        if (treatment == Treatment.Keep)
        {
            Add(rune, source);
            HasSpeech |= Rune.IsLetterOrDigit(rune) || Rune.IsSymbol(rune);
        }
        else if (treatment == Treatment.Blank)
        {
            Add(new Rune(' '), source);
        }
    }

    // A comma makes an engine read a letter by its name: "a" alone may be the article.
    private void Spell(Rune rune, int source)
    {
        if (Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark)
        {
            Add(rune, source);
        }
        else if (Rune.IsLetterOrDigit(rune) || Rune.IsSymbol(rune) || rune.Value is '@' or '#' or '%' or '&' or '*' or '/' or '_')
        {
            if (_spoken.Length > 0 && _spoken[^1] is not (' ' or ','))
            {
                Add(new Rune(','), source);
            }

            if (_spoken.Length > 0 && _spoken[^1] == ',')
            {
                Add(new Rune(' '), source);
            }

            Add(rune, source);
            HasSpeech = true;
        }
        else if (_spoken.Length > 0 && _spoken[^1] is not (' ' or ','))
        {
            Add(new Rune(','), source);
        }
    }

    private void EndSpelling(bool wasSpelled, Rune next, int source)
    {
        if (wasSpelled && _spoken.Length > 0 && _spoken[^1] is not (' ' or ',') && !Rune.IsPunctuation(next))
        {
            Add(new Rune(','), Math.Max(0, source - 1));
        }
    }

    private void Add(Rune rune, int source)
    {
        _spoken.Append(rune.ToString());
        _sources.Add(source);
    }
}
