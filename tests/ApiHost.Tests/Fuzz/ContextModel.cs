using System.Text;

namespace TtsGrains.ApiHost.Tests.Fuzz;

/// <summary>
/// What a client may expect of one context that it uses once: the rules of the protocol in their shortest form, without sockets, logs or time.
/// The upstream of the model speaks everything that it is sent.
/// </summary>
internal sealed class ContextModel
{
    private readonly List<StringBuilder> _segments = [new()];
    private string _held = "";
    private bool _hasSpoken;

    /// <summary>How the context stands with its client.</summary>
    public ModelState State { get; private set; }

    /// <summary>The error that it ends with, when it does.</summary>
    public string? ErrorCode { get; private set; }

    public int Flushes => _segments.Count - 1;

    /// <summary>All that is to be heard.</summary>
    public string Text => string.Concat(_segments);

    /// <summary>The letters and digits of each segment. Punctuation that is flushed alone has nothing to go with, and may be heard with what follows.</summary>
    public IEnumerable<string> Words => _segments.Select(segment => WordsOf(segment.ToString()));

    public static string WordsOf(string text) => string.Concat(text.Where(char.IsLetterOrDigit));

    /// <summary>Whether all of <see cref="Text"/> must be heard, not only a beginning of it.</summary>
    public bool IsWhole => State == ModelState.Finishing;

    public void Apply(ClientAct act)
    {
        switch (act.Kind)
        {
            case ActKind.Push:
                Push(act);
                break;
            case ActKind.Cancel when State != ModelState.Absent:
                State = ModelState.Cancelled;
                break;
            case ActKind.WrongType:
                (State, ErrorCode) = (ModelState.Failed, "invalid_request");
                break;
        }
    }

    private static bool IsSpeakable(string text) => text.EnumerateRunes().Any(rune => Rune.IsLetterOrDigit(rune) || rune.Value > 0xFFFF);

    private void Push(ClientAct act)
    {
        var isFirst = State == ModelState.Absent;
        var text = _held + act.Text;
        if (_hasSpoken || IsSpeakable(text))
        {
            _segments[^1].Append(text);
            (_held, _hasSpoken) = ("", true);
        }
        else
        {
            _held = text;
        }

        if (!act.More && isFirst && !_hasSpoken)
        {
            (State, ErrorCode) = (ModelState.Failed, "empty_transcript");
            return;
        }

        if (act.Flush)
        {
            _segments.Add(new());
        }

        State = act.More ? ModelState.Open : ModelState.Finishing;
    }
}

/// <summary>How a context stands with its client.</summary>
internal enum ModelState
{
    /// <summary>Nothing was sent for it.</summary>
    Absent = 0,
    Open,

    /// <summary>Told to end: must be heard whole.</summary>
    Finishing,

    /// <summary>Must be silent.</summary>
    Cancelled,

    /// <summary>Must end with an error.</summary>
    Failed,
}
