namespace TtsGrains.Client.Contexts;

/// <summary>
/// The inputs of one context in order, and which of them went out. Those that the service has not been seen to have are kept, to be sent again
/// over another socket; a finished flush proves everything up to it, and any frame proves the first. Not thread-safe.
/// </summary>
internal sealed class InputLog
{
    private readonly List<ContextInput> _kept = [];
    private int _first;
    private int _next;

    /// <summary>Whether an end was added.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Adds an input.</summary>
    public void Add(ContextInput input)
    {
        _kept.Add(input);
        IsComplete |= input.IsLast;
    }

    /// <summary>The next input to write, with its number from 0. It counts as written only when told so.</summary>
    public bool TryPeek(out ContextInput input, out int number)
    {
        var at = _next - _first;
        number = _next;
        input = at < _kept.Count ? _kept[at] : null!;
        return at < _kept.Count;
    }

    /// <summary>The input that was next has gone out.</summary>
    public void Advance() => _next++;

    /// <summary>A flush was finished: whatever came before it was received.</summary>
    public void OnFlushDone()
    {
        var flush = _kept.FindIndex(input => input.Flush);
        if (flush >= 0 && _first + flush < _next)
        {
            _kept.RemoveRange(0, flush + 1);
            _first += flush + 1;
        }
    }

    /// <summary>Something was heard: so the service has the first input, with which it opened the context.</summary>
    public void OnHeard()
    {
        if (_first == 0 && _next > 0)
        {
            _kept.RemoveAt(0);
            _first = 1;
        }
    }

    /// <summary>The socket is lost: all that is kept goes out once more.</summary>
    public void Rewind() => _next = _first;

    /// <summary>No more is sent: all waits end.</summary>
    public void Close()
    {
        foreach (var input in _kept)
        {
            input.OnWritten();
        }

        _kept.Clear();
        (_first, _next, IsComplete) = (0, 0, true);
    }
}
