namespace TtsGrains.Grains.Clustering;

/// <summary>How many silos this client is connected to.</summary>
internal sealed class ClusterGateways
{
    private volatile int _count;

    public int Count
    {
        get => _count;
        set => _count = value;
    }
}
