using System.Globalization;

namespace TtsGrains.Cli.Bench.Load;

/// <summary>
/// Checks the frames of one context: numbered chunks are complete, in order and none comes twice; a context that is not cancelled ends once, behind at least one
/// chunk, and nothing follows the end. Keeps the first violation only.
/// </summary>
/// <param name="expected">The number of chunks that were asked for, if they are numbered.</param>
internal sealed class FrameCheck(int expected)
{
    private bool? _isNumbered;
    private bool _hasEnded;
    private int _received;

    /// <summary>Gets the first rule that was violated; null if none was.</summary>
    public string? Violation { get; private set; }

    /// <summary>Gets or sets whether the context was cancelled, so that it may end anywhere, or not at all.</summary>
    public bool IsCancelled { get; set; }

    /// <summary>Takes a chunk.</summary>
    /// <param name="number">Its number; null if it has none.</param>
    public void OnChunk(int? number)
    {
        _isNumbered ??= number is not null;
        if (_hasEnded)
        {
            Report($"a chunk came after the end");
        }
        else if (_isNumbered != number is not null)
        {
            Report($"chunk {_received} {(number is null ? "has no number" : $"has the number {number}")}, unlike those before it");
        }
        else if (number < _received)
        {
            Report($"chunk {number} came where chunk {_received} was due");
        }
        else if (number > _received)
        {
            Report($"chunk {_received} is missing: chunk {number} came in its place");
        }

        _received++;
    }

    /// <summary>Takes the end of the context.</summary>
    public void OnEnd()
    {
        if (_hasEnded)
        {
            Report($"the context ended twice");
        }
        else if (!IsCancelled && _received == 0)
        {
            Report($"the context ended without audio");
        }
        else if (!IsCancelled && _isNumbered == true && _received != expected)
        {
            Report($"the context ended after {_received} of {expected} chunks");
        }

        _hasEnded = true;
    }

    /// <summary>Takes the end of the measurement, by which the context has to have ended.</summary>
    public void OnTimeout()
    {
        if (!_hasEnded && !IsCancelled)
        {
            Report($"the context did not end in time; {_received} of {expected} chunks came");
        }
    }

    /// <summary>Keeps a violation if it is the first.</summary>
    public void Report(FormattableString violation) => Violation ??= violation.ToString(CultureInfo.InvariantCulture);
}
