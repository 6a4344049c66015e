namespace TtsGrains.Grains.Health;

/// <summary>Whether this host has still to warm its path before it says that it is ready, and where. A host that does not warm it is ready without.</summary>
public sealed class WarmUpState
{
    private volatile bool _isPending;
    private volatile Uri? _upstream;

    /// <summary>Whether it is still to be done.</summary>
    public bool IsPending
    {
        get => _isPending;
        set => _isPending = value;
    }

    /// <summary>The address of the upstream that speaks the warm-up's contexts on this host; null if there is none.</summary>
    public Uri? Upstream
    {
        get => _upstream;
        set => _upstream = value;
    }
}
