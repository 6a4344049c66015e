using System.Collections.Immutable;
using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.Grains.Contexts;

/// <summary>
/// What was sent to the upstream since its last audio. An upstream context expires about a second after its last audio, so a push can
/// cross with its end on the wire: then it was not spoken and is sent again, once.
/// </summary>
internal sealed class UnansweredInputs
{
    private readonly List<(ContextInput Input, bool IsResent)> _inputs = [];
    private int _chunks;

    /// <summary>Notes what is about to be sent.</summary>
    /// <param name="input">The input.</param>
    /// <param name="chunks">How many chunks the log holds now.</param>
    /// <param name="isResent">Whether it is sent for the second time.</param>
    public void Add(ContextInput input, int chunks, bool isResent = false)
    {
        Forget(chunks);
        _inputs.Add((input, isResent));
    }

    /// <summary>Takes what was sent since the last chunk, but for what an upstream has left unspoken twice.</summary>
    /// <param name="chunks">How many chunks the log holds now.</param>
    public ImmutableArray<ContextInput> Take(int chunks)
    {
        Forget(chunks);
        ImmutableArray<ContextInput> taken = [.. _inputs.Where(i => !i.IsResent).Select(i => i.Input)];
        _inputs.Clear();
        return taken;
    }

    /// <summary>Takes everything that was sent since the last chunk.</summary>
    /// <param name="chunks">How many chunks the log holds now.</param>
    public ImmutableArray<ContextInput> TakeAll(int chunks)
    {
        Forget(chunks);
        ImmutableArray<ContextInput> taken = [.. _inputs.Select(i => i.Input)];
        _inputs.Clear();
        return taken;
    }

    // Audio has come since: what was sent before it is being answered.
    private void Forget(int chunks)
    {
        if (chunks != _chunks)
        {
            _inputs.Clear();
            _chunks = chunks;
        }
    }
}
