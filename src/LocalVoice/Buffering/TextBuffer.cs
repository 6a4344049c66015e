using System.Text;
using TtsGrains.Protocol.Markup;

namespace TtsGrains.LocalVoice.Buffering;

/// <summary>
/// Holds text until there is enough of it to speak. Where the client cuts its text does not matter: neither a tag, nor a character of
/// several code units, nor a word is cut. Pure: the caller knows the time.
/// </summary>
/// <param name="managed">False if the client asks for no buffering: then only an unfinished word waits, and only briefly.</param>
internal sealed class TextBuffer(bool managed)
{
    private readonly MarkupReader _reader = new();
    private readonly StringBuilder _text = new();
    private readonly List<PlacedTag> _tags = [];
    private bool _delayedBefore;

    /// <summary>True if nothing waits, also no beginning of a tag.</summary>
    public bool IsEmpty => !HasReleasable && _reader.Held.Length == 0;

    /// <summary>True if text waits that a delay releases; an unfinished tag waits for its rest.</summary>
    public bool HasReleasable => _text.Length > 0 || _tags.Count > 0;

    /// <summary>True if what waits only waits for characters that may belong to its last word or sentence, so that a short delay is enough.</summary>
    public bool IsSettling { get; private set; }

    /// <summary>Adds text, verbatim.</summary>
    /// <returns>
    /// What can be spoken now: up to the last break or the end of the last finished sentence; without buffering, all of it unless its last word
    /// may go on, and of text that has waited already, all finished words.
    /// </returns>
    public BufferedText Add(string text)
    {
        var hasWaited = _text.Length > 0;
        _delayedBefore = false;
        Append(_reader.Read(text));
        var waiting = _text.ToString();
        var lastBreak = _tags.FindLastIndex(tag => tag.Tag.Kind == MarkupKind.Break);
        var ready = managed ? Punctuation.EndOfLastSentence(waiting, isComplete: false)
            : hasWaited || waiting.Length == 0 || char.IsWhiteSpace(waiting[^1]) ? WordEnd.EndOfFinishedWords(waiting)
            : 0;
        ready = Math.Max(ready, lastBreak >= 0 ? _tags[lastBreak].Position : 0);
        IsSettling = !managed || Punctuation.EndOfLastSentence(waiting, isComplete: true) > ready;
        return Take(ready, lastBreak + 1);
    }

    /// <summary>Adds text that ends its segment.</summary>
    /// <returns>All that waits.</returns>
    public BufferedText AddLast(string text)
    {
        Append(_reader.Read(text));
        return TakeAll();
    }

    /// <summary>No more comes for this segment; an unfinished tag is text.</summary>
    /// <returns>All that waits.</returns>
    public BufferedText TakeAll()
    {
        Append(_reader.Finish());
        return Take(_text.Length, _tags.Count);
    }

    /// <summary>The delay has passed. A last word without a space after it may not be finished, so it waits for one delay more.</summary>
    /// <returns>What can be spoken now; nothing when only such a word waits.</returns>
    public BufferedText TakeAfterDelay()
    {
        if (IsSettling)
        {
            var end = managed ? Punctuation.EndOfLastSentence(_text.ToString(), isComplete: true) : _text.Length;
            IsSettling = false;
            return Take(end, 0);
        }

        var text = _text.ToString();
        var whole = _delayedBefore ? text.Length : text.AsSpan().LastIndexOfAny(" \t\r\n\u3000") + 1;
        if (string.IsNullOrWhiteSpace(text[..whole]))
        {
            // A word that is alone for two delays is not going to be continued soon.
            whole = _delayedBefore || string.IsNullOrWhiteSpace(text) ? text.Length : 0;
        }

        _delayedBefore = true;
        return Take(whole, 0);
    }

    private void Append(List<MarkupToken> tokens)
    {
        foreach (var token in tokens)
        {
            if (token.IsTag)
            {
                _tags.Add(new PlacedTag(_text.Length, token));
            }
            else
            {
                _text.Append(token.Source);
            }
        }
    }

    // A tag at the end of what is taken waits for the text that it is about, unless it is among those that are to be taken.
    private BufferedText Take(int length, int tags)
    {
        while (tags < _tags.Count && (_tags[tags].Position < length || length == _text.Length))
        {
            tags++;
        }

        if (length == 0 && tags == 0)
        {
            return BufferedText.Empty;
        }

        var taken = new BufferedText(_text.ToString(0, length), _tags.GetRange(0, tags));
        _text.Remove(0, length);
        _tags.RemoveRange(0, tags);
        for (var i = 0; i < _tags.Count; i++)
        {
            _tags[i] = _tags[i] with { Position = _tags[i].Position - length };
        }

        return taken;
    }
}
