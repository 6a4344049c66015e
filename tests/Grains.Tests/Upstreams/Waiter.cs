using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Upstreams;

namespace TtsGrains.Grains.Tests.Upstreams;

/// <summary>A context that waits for a lease.</summary>
internal sealed class Waiter(string tenant, PriorityClass priority = PriorityClass.Live) : ILeaseWaiter
{
    public string Tenant => tenant;

    public PriorityClass Priority => priority;
}
