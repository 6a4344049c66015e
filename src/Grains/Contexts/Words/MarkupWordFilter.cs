using System.Text;
using TtsGrains.Protocol.Frames;
using TtsGrains.Protocol.Markup;

namespace TtsGrains.Grains.Contexts.Words;

/// <summary>
/// Removes the tags of the sent text from the words that an upstream returns for it, whole tags and pieces of any size. An unknown or malformed tag
/// is text and stays. The grain appends text; the socket's read loop filters.
/// </summary>
internal sealed class MarkupWordFilter
{
    private readonly Lock _gate = new();

    // The sent text without white space, and its opening brackets in order.
    private readonly StringBuilder _sent = new();
    private readonly List<Bracket> _brackets = [];
    private int _next;
    private int _at;
    private int _tagEnd;
    private volatile bool _hasTags;

    /// <summary>True if the sent text has a tag.</summary>
    public bool HasTags => _hasTags;

    /// <summary>Notes text before it is sent. Tags in it are complete.</summary>
    public void Append(string text)
    {
        if (!_hasTags && !text.Contains('<', StringComparison.Ordinal))
        {
            return;
        }

        lock (_gate)
        {
            foreach (var token in MarkupReader.Parse(text))
            {
                var compact = Compact(token.Source);
                for (var i = compact.IndexOf('<', StringComparison.Ordinal); i >= 0; i = token.IsTag ? -1 : compact.IndexOf('<', i + 1))
                {
                    _brackets.Add(new Bracket(_sent.Length + i, token.IsTag ? compact.Length : 0));
                }

                _sent.Append(compact);
                _hasTags |= token.IsTag;
            }
        }
    }

    /// <summary>Removes the tags from the next words.</summary>
    /// <param name="words">What the upstream told; those that are only tags are removed, others lose their part of one.</param>
    /// <param name="removed">Receives the words that are only tags; null if they are of no interest.</param>
    public void Filter(List<TimedText> words, List<TimedText>? removed = null)
    {
        lock (_gate)
        {
            if (!_hasTags)
            {
                return;
            }

            var kept = 0;
            for (var i = 0; i < words.Count; i++)
            {
                var text = Filter(words[i].Text);
                if (text.Length > 0 || words[i].Text.Length == 0)
                {
                    words[kept++] = words[i] with { Text = text };
                }
                else
                {
                    removed?.Add(words[i]);
                }
            }

            words.RemoveRange(kept, words.Count - kept);
        }
    }

    private string Filter(string word)
    {
        if (_at == _tagEnd && !word.Contains('<', StringComparison.Ordinal))
        {
            return word;
        }

        var rest = Compact(word);
        var text = new StringBuilder();
        var isCut = false;
        while (rest.Length > 0)
        {
            var common = CommonPrefix(rest, _at, _tagEnd);
            if (common > 0 && common == Math.Min(rest.Length, _tagEnd - _at))
            {
                (isCut, _at, rest) = (true, _at + common, rest[common..]);
                continue;
            }

            // The upstream left out the rest of the tag.
            _at = _tagEnd;
            var open = rest.IndexOf('<', StringComparison.Ordinal);
            if (open < 0)
            {
                break;
            }

            text.Append(rest.AsSpan(0, open));
            rest = rest[open..];
            if (!TryEnterTag(rest))
            {
                text.Append('<');
                rest = rest[1..];
            }
        }

        return isCut ? text.Append(rest).ToString() : word;
    }

    // The next bracket of the sent text that is followed by what the word has.
    private bool TryEnterTag(string rest)
    {
        for (var i = _next; i < _brackets.Count; i++)
        {
            var (start, length) = _brackets[i];
            if (length == 0 ? CommonPrefix(rest, start, _sent.Length) == rest.Length : CommonPrefix(rest, start, start + length) == Math.Min(rest.Length, length))
            {
                _next = i + 1;
                (_at, _tagEnd) = (start, start + length);
                return length > 0;
            }
        }

        return false;
    }

    private int CommonPrefix(string word, int from, int to)
    {
        var length = 0;
        while (length < word.Length && from + length < to && IsSame(word[length], _sent[from + length]))
        {
            length++;
        }

        return length;
    }

    // Some upstreams normalize quotes and case.
    private static bool IsSame(char a, char b) => char.ToLowerInvariant(a) == char.ToLowerInvariant(b) || (IsQuote(a) && IsQuote(b));

    private static bool IsQuote(char c) => c is '"' or '\'' or '\u201c' or '\u201d' or '\u2018' or '\u2019';

    private static string Compact(string text) => text.Any(char.IsWhiteSpace) ? string.Concat(text.Where(c => !char.IsWhiteSpace(c))) : text;

    // Length 0: the bracket is text.
    private readonly record struct Bracket(int Start, int Length);
}
