using System.Text;

namespace TtsGrains.LocalVoice.Buffering;

/// <summary>
/// Holds text until there is enough of it to say. Pure: what time it is, the caller knows.
/// </summary>
/// <param name="managed">False when the client cuts its text itself: then nothing is ever held.</param>
internal sealed class TextBuffer(bool managed)
{
    private readonly StringBuilder _text = new();
    private bool _delayedBefore;

    /// <summary>Whether text waits.</summary>
    public bool IsEmpty => _text.Length == 0;

    /// <summary>Adds text, verbatim.</summary>
    /// <returns>What can be said now: up to the end of the last finished sentence, or all when nothing is ever held.</returns>
    public string Add(string text)
    {
        _delayedBefore = false;
        _text.Append(text);
        return managed ? Take(Punctuation.EndOfLastSentence(_text.ToString())) : TakeAll();
    }

    /// <summary>No more comes for this segment.</summary>
    /// <returns>All that waits.</returns>
    public string TakeAll() => Take(_text.Length);

    /// <summary>
    /// The delay has passed. A last word without a space after it may not be finished, so it waits for one delay more.
    /// </summary>
    /// <returns>What can be said now; nothing when only such a word waits.</returns>
    public string TakeAfterDelay()
    {
        var text = _text.ToString();
        var whole = _delayedBefore ? text.Length : text.AsSpan().LastIndexOfAny(" \t\r\n\u3000") + 1;
        if (string.IsNullOrWhiteSpace(text[..whole]))
        {
            // A word that is alone for two delays is not going to be continued soon.
            whole = _delayedBefore || string.IsNullOrWhiteSpace(text) ? text.Length : 0;
        }

        _delayedBefore = true;
        return Take(whole);
    }

    private string Take(int length)
    {
        if (length == 0)
        {
            return "";
        }

        var taken = _text.ToString(0, length);
        _text.Remove(0, length);
        return taken;
    }
}
