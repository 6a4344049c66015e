using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.Grains.Upstreams;

/// <summary>How near a tenant is to the next lease; the lowest is served first, and of equals who waited longest by its weight.</summary>
/// <param name="Part">The part of the upstream that the lease would come from.</param>
/// <param name="Priority">The class of the context; the same for all in a tenant's own part.</param>
/// <param name="Use">What the tenant has, by its weight.</param>
internal readonly record struct ShareRank(SharePart Part, PriorityClass Priority, double Use) : IComparable<ShareRank>
{
    public int CompareTo(ShareRank other) => (Part, Priority, Use).CompareTo((other.Part, other.Priority, other.Use));
}

/// <summary>The part of an upstream that a lease comes from. Zero is never a valid value.</summary>
internal enum SharePart : byte
{
    None = 0,

    /// <summary>What is reserved for the tenant.</summary>
    Reserved = 1,

    /// <summary>The tenant's share by its weight.</summary>
    Own = 2,

    /// <summary>What others leave free.</summary>
    Free = 3,
}
