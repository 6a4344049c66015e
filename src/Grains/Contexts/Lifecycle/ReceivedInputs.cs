using System.Collections.Immutable;
using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.Grains.Contexts.Lifecycle;

/// <summary>All that was pushed to a context, as it came: what a context that must continue elsewhere is restored from.</summary>
internal sealed class ReceivedInputs
{
    private readonly List<ContextInput> _inputs = [];
    private readonly InputSequence _sequence = new();

    /// <summary>How many came, those that were sent twice included.</summary>
    public int Count => _inputs.Count;

    /// <summary>How many were taken; the number of the next one.</summary>
    public int Taken => _sequence.Taken;

    /// <summary>Takes a push, when it is the next.</summary>
    public InputOrder Add(ContextInput input)
    {
        _inputs.Add(input);
        return _sequence.Take(input.Number);
    }

    public ImmutableArray<ContextInput> ToImmutable() => [.. _inputs];

    public void Clear() => _inputs.Clear();
}
