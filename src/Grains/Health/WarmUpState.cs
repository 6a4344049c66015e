namespace TtsGrains.Grains.Health;

/// <summary>Whether this host has still to warm its path before it says that it is ready. A host that does not warm it is ready without.</summary>
public sealed class WarmUpState
{
    private volatile bool _isPending;

    /// <summary>Whether it is still to be done.</summary>
    public bool IsPending
    {
        get => _isPending;
        set => _isPending = value;
    }
}
