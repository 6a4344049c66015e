using System.Collections.Immutable;

namespace TtsGrains.Grains.Interfaces.Upstreams;

/// <summary>One upstream account: which silos may have how many contexts speak there at once (key: the upstream's name).</summary>
[Alias("tts.IUpstreamGrain")]
public interface IUpstreamGrain : IGrainWithStringKey
{
    /// <summary>
    /// A silo says which leases it has and which it wants. It says all of that each time, so what was lost or came twice does no harm. It must be said
    /// again within <see cref="UpstreamLease.Length"/>, else its leases go to others.
    /// </summary>
    /// <param name="claim">What it has and wants.</param>
    /// <param name="holder">Hears of leases that are granted later.</param>
    [Alias("claim")]
    Task<LeaseAnswer> ClaimAsync(LeaseClaim claim, ILeaseHolder holder);
}

/// <summary>The side of a silo that waits for leases.</summary>
[Alias("tts.ILeaseHolder")]
public interface ILeaseHolder : IGrainObserver
{
    /// <summary>Leases were granted. When this gets lost, the next answer says it again.</summary>
    /// <param name="upstream">Whose.</param>
    /// <param name="epoch">The grain's life; see <see cref="LeaseAnswer"/>.</param>
    /// <param name="requests">The numbers of the granted requests.</param>
    [Alias("granted")]
    Task OnGrantedAsync(string upstream, Guid epoch, ImmutableArray<long> requests);
}

/// <summary>How long a silo's word about its leases holds.</summary>
public static class UpstreamLease
{
    /// <summary>A silo that reports nothing for this long is taken to have no leases, even if it was not declared dead.</summary>
    public static TimeSpan Length { get; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a silo says what it has. An upstream's grain that was lost knows all of it again this long after it is back.</summary>
    public static TimeSpan Renewal { get; } = TimeSpan.FromMilliseconds(250);
}
