using Orleans.Configuration;

namespace TtsGrains.Grains.Clustering;

/// <summary>
/// How fast a cluster notices. A silo whose process was killed is declared dead after about <c>MissedProbes</c> probe periods and two round trips to the
/// database: its port refuses at once, so no probe waits for its timeout. A silo whose machine fell silent takes longer, since it was heard a moment
/// ago and may only be slow: no silo votes while something came from it within <c>MissedProbes</c> times four <c>ProbeTimeout</c>.
/// </summary>
internal static class ClusterTimes
{
    // Where too few are left to vote, after half of a cluster or all of it died at once, the table decides: who did not write for three of these is gone.
    private const int AliveMissed = 3;
    private static readonly TimeSpan AliveEvery = TimeSpan.FromSeconds(5);

    // Changes are passed on at once, from silo to silo; the table is read for what that missed.
    private static readonly TimeSpan TableEvery = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan GatewaysEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RedialAfter = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan DialTimeout = TimeSpan.FromSeconds(2);

    /// <summary>For how long a silo that does not write into the table still counts as alive there.</summary>
    public static TimeSpan AliveFor => AliveEvery * AliveMissed;

    public static void Tune(ClusterMembershipOptions options, ClusterSettings cluster)
    {
        options.ProbeTimeout = cluster.ProbeTimeout;
        options.NumMissedProbesLimit = cluster.MissedProbes;
        options.IAmAliveTablePublishTimeout = AliveEvery;
        options.NumMissedTableIAmAliveLimit = AliveMissed;
        options.TableRefreshTimeout = TableEvery;
    }

    public static void Tune(MessagingOptions options, ClusterSettings cluster) => options.ResponseTimeout = cluster.ResponseTimeout;

    public static void Tune(ConnectionOptions options)
    {
        options.ConnectionRetryDelay = RedialAfter;
        options.OpenConnectionTimeout = DialTimeout;
    }

    // Also how long a gateway is left alone after a failed connection: a silo that comes back on its old port is used again after so long.
    public static void Tune(GatewayOptions options) => options.GatewayListRefreshPeriod = GatewaysEvery;
}
