namespace TtsGrains.Protocol.Markup;

/// <summary>Steps through a possible tag. After the first step that fails, further steps have no effect.</summary>
/// <param name="text">Text that may be a tag, from its opening bracket.</param>
internal ref struct TagScanner(ReadOnlySpan<char> text)
{
    private readonly ReadOnlySpan<char> _text = text;

    /// <summary>Complete as long as every step succeeded; Incomplete if the text ended first.</summary>
    public TagMatch Result { get; private set; } = TagMatch.Complete;

    /// <summary>Code units read.</summary>
    public int Position { get; private set; }

    /// <summary>Fails unless the condition holds.</summary>
    public void Require(bool condition)
    {
        if (Result == TagMatch.Complete && !condition)
        {
            Result = TagMatch.None;
        }
    }

    /// <summary>True if the next character is this one.</summary>
    public readonly bool IsAt(char c) => Result == TagMatch.Complete && Position < _text.Length && _text[Position] == c;

    /// <summary>Reads a word, in any case.</summary>
    public void Expect(string word)
    {
        if (Result != TagMatch.Complete)
        {
            return;
        }

        var rest = _text[Position..];
        var length = Math.Min(rest.Length, word.Length);
        if (!rest[..length].Equals(word.AsSpan(0, length), StringComparison.OrdinalIgnoreCase))
        {
            Result = TagMatch.None;
        }
        else if (length < word.Length)
        {
            Result = TagMatch.Incomplete;
        }
        else
        {
            Position += length;
        }
    }

    /// <summary>Reads white space.</summary>
    /// <returns>True if there was any, or the text ended.</returns>
    public bool SkipWhiteSpace()
    {
        if (Result != TagMatch.Complete)
        {
            return true;
        }

        var start = Position;
        while (Position < _text.Length && char.IsWhiteSpace(_text[Position]))
        {
            Position++;
        }

        if (Position == _text.Length)
        {
            Result = TagMatch.Incomplete;
        }

        return Position > start || Position == _text.Length;
    }

    /// <summary>Reads a value in single or double quotes, which holds no bracket.</summary>
    public ReadOnlySpan<char> ReadQuoted()
    {
        if (Result != TagMatch.Complete)
        {
            return default;
        }

        var quote = Position < _text.Length ? _text[Position] : '\0';
        var value = Position < _text.Length ? _text[(Position + 1)..] : default;
        if (Position < _text.Length && quote is not ('"' or '\''))
        {
            Result = TagMatch.None;
            return default;
        }

        var end = value.IndexOfAny(quote, '<', '>');
        if (end < 0)
        {
            Result = TagMatch.Incomplete;
            return default;
        }

        Require(value[end] == quote && end > 0);
        Position += end + 2;
        return value[..end];
    }
}
