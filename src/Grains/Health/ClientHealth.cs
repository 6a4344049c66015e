using TtsGrains.Grains.Clustering;

namespace TtsGrains.Grains.Health;

/// <summary>A client of a cluster is ready while it is connected to a silo. Whether that one has its upstream, it says itself.</summary>
internal sealed class ClientHealth(ClusterGateways gateways, WarmUpState warmUp) : IHostHealth
{
    public bool IsReady => gateways.Count > 0 && !warmUp.IsPending;

    public HostHealth Report() => new(IsReady) { Gateways = gateways.Count };
}
