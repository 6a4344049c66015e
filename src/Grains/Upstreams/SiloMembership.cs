using System.Collections.Immutable;

namespace TtsGrains.Grains.Upstreams;

/// <summary>The silos in the membership of the cluster; a process without a cluster is its only silo.</summary>
internal sealed class SiloMembership(IClusterMembershipService membership) : ISiloMembership
{
    private View _view = View.Of(membership.CurrentSnapshot);

    public IReadOnlyCollection<string> Present => Current.Present;

    public bool HasGrains => Current.HasGrains;

    public bool IsGone(string silo) => Current.Gone.Contains(silo);

    private View Current
    {
        get
        {
            var snapshot = membership.CurrentSnapshot;
            var view = Volatile.Read(ref _view);
            if (view.Version != snapshot.Version)
            {
                view = View.Of(snapshot);
                Volatile.Write(ref _view, view);
            }

            return view;
        }
    }

    private sealed record View(MembershipVersion Version, bool HasGrains, ImmutableHashSet<string> Present, ImmutableHashSet<string> Gone)
    {
        // A silo that stops has contexts until it has handed them over.
        public static View Of(ClusterMembershipSnapshot snapshot) => new(
            snapshot.Version,
            snapshot.Members.Values.Any(member => member.Status == SiloStatus.Active),
            NamesOf(snapshot, status => status is SiloStatus.Active or SiloStatus.ShuttingDown or SiloStatus.Stopping),
            NamesOf(snapshot, status => status == SiloStatus.Dead));

        private static ImmutableHashSet<string> NamesOf(ClusterMembershipSnapshot snapshot, Func<SiloStatus, bool> isOne)
            => [.. snapshot.Members.Values.Where(member => isOne(member.Status)).Select(member => member.SiloAddress.ToString())];
    }
}
