using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.Grains.Upstreams;

/// <summary>Waits for a lease. Compared by reference.</summary>
internal interface ILeaseWaiter
{
    /// <summary>The tenant: each has its share.</summary>
    string Tenant { get; }

    /// <summary>Its place among those of its tenant.</summary>
    PriorityClass Priority { get; }
}
