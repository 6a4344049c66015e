namespace TtsGrains.Protocol.Markup;

/// <summary>
/// Separates the tags that Cartesia documents from the text around them. The input may be cut anywhere: the beginning of a tag is held back
/// until the rest arrives, or until it cannot become a tag any more. Unknown and malformed tags are text. Not thread-safe.
/// </summary>
public sealed class MarkupReader
{
    private string _held = "";
    private long _position;

    /// <summary>The unfinished tag at the end of the input; empty when there is none.</summary>
    public string Held => _held;

    /// <summary>Separates a text that is complete.</summary>
    public static List<MarkupToken> Parse(string text)
    {
        var reader = new MarkupReader();
        var tokens = reader.Read(text);
        tokens.AddRange(reader.Finish());
        return tokens;
    }

    /// <summary>Reads the next piece of the input.</summary>
    /// <param name="text">The piece.</param>
    /// <returns>What is certain now; text runs are never empty.</returns>
    public List<MarkupToken> Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var tokens = new List<MarkupToken>();
        var input = _held.Length == 0 ? text : _held + text;
        var (start, next) = (0, 0);
        _held = "";
        while (input.IndexOf('<', next) is >= 0 and var open)
        {
            var match = TagMatcher.Match(input.AsSpan(open), out var tag);
            if (match == TagMatch.None)
            {
                next = open + 1;
                continue;
            }

            AddText(tokens, input[start..open]);
            if (match == TagMatch.Incomplete)
            {
                _held = input[open..];
                return tokens;
            }

            start = next = open + tag.Length;
            tokens.Add(new MarkupToken(tag.Kind, input[open..start], _position, tag.Number, tag.Emotion));
            _position += tag.Length;
        }

        AddText(tokens, input[start..]);
        return tokens;
    }

    /// <summary>Ends the input, or a part of it that is spoken now: an unfinished tag is text.</summary>
    public List<MarkupToken> Finish()
    {
        var tokens = new List<MarkupToken>();
        AddText(tokens, _held);
        _held = "";
        return tokens;
    }

    private void AddText(List<MarkupToken> tokens, string text)
    {
        if (text.Length > 0)
        {
            tokens.Add(new MarkupToken(MarkupKind.Text, text, _position));
            _position += text.Length;
        }
    }
}
