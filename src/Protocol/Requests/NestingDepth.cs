namespace TtsGrains.Protocol.Requests;

/// <summary>Counts the open brackets of text that resembles JSON, outside strings.</summary>
internal sealed class NestingDepth
{
    private int _depth;
    private bool _isInString;
    private bool _isEscaped;

    public NestingDepth Clone() => (NestingDepth)MemberwiseClone();

    public void Advance(ReadOnlySpan<byte> text)
    {
        foreach (var c in text)
        {
            if (_isEscaped)
            {
                _isEscaped = false;
            }
            else if (_isInString)
            {
                _isEscaped = c == '\\';
                _isInString = c != '"';
            }
            else
            {
                switch (c)
                {
                    case (byte)'"':
                        _isInString = true;
                        break;
                    case (byte)'{' or (byte)'[':
                        _depth++;
                        break;
                    case (byte)'}' or (byte)']':
                        _depth--;
                        break;
                }
            }
        }
    }

    /// <summary>
    /// Ranks a member whose name begins here; the lowest rank is the most likely member of the message itself. A name inside what was counted as a
    /// string shows that a quote was missing or unescaped: from here on the text counts as outside strings.
    /// </summary>
    public int RankMember()
    {
        var rank = (2 * Math.Abs(_depth - 1)) + (_isInString ? 1 : 0);
        (_isInString, _isEscaped) = (false, false);
        return rank;
    }
}
