namespace TtsGrains.Grains.Contexts.Attempts;

/// <summary>An end before any audio, or before a flush that is due, may have overtaken them: what still comes within a moment counts.</summary>
internal sealed class EarlyEnd
{
    private volatile bool _hasCome;
    private int _framesSinceCheck;

    /// <summary>Whether it has come.</summary>
    public bool HasCome => _hasCome;

    /// <summary>Whether the frame that is being read now is the one: it is not yet taken for an end.</summary>
    public bool IsBeingRead { get; private set; }

    /// <summary>The frame that is about to be read is an early end.</summary>
    public void OnCome() => (IsBeingRead, _hasCome) = (true, true);

    /// <summary>A frame was read.</summary>
    public void OnRead() => IsBeingRead = false;

    /// <summary>A frame counts.</summary>
    public void OnFrame()
    {
        if (_hasCome)
        {
            Interlocked.Increment(ref _framesSinceCheck);
        }
    }

    /// <summary>Whether there was no frame between two checks.</summary>
    public bool IsOver() => Interlocked.Exchange(ref _framesSinceCheck, 0) == 0;
}
