using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.Grains.Contexts.Ownership;

/// <summary>The frames that the owner of a context gives back, so that it continues on this silo.</summary>
internal sealed class GivenBackFrames
{
    private readonly List<FrameBatch> _batches = [];

    /// <summary>How many there are.</summary>
    public int Count => _batches.Sum(batch => batch.Frames.Length);

    /// <summary>Takes a batch. One that was sent twice, because the answer to the first was lost, is ignored.</summary>
    public void Add(FrameBatch batch)
    {
        if (batch.From == Count)
        {
            _batches.Add(batch);
        }
    }

    /// <summary>Takes all of them.</summary>
    public IEnumerable<LoggedFrame> Take()
    {
        LoggedFrame[] frames = [.. _batches.SelectMany(batch => batch.Frames)];
        _batches.Clear();
        return frames;
    }
}
