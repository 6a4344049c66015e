namespace TtsGrains.Grains.Upstreams;

/// <summary>What a tenant may have of an upstream's contexts.</summary>
/// <param name="Weight">Its part of them while others want them too, compared with theirs.</param>
/// <param name="Reserved">How many are kept for it, in use or not.</param>
/// <param name="Burst">How many it may have while no one else wants them.</param>
internal readonly record struct TenantShare(int Weight, int Reserved, int Burst)
{
    /// <summary>The share of a tenant without settings of its own.</summary>
    public static TenantShare Default { get; } = new(Weight: 1, Reserved: 0, Burst: int.MaxValue);
}
