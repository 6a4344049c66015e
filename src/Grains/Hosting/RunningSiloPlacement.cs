using Orleans.Runtime.Placement;
using TtsGrains.Grains.Contexts.Ownership;
using TtsGrains.Grains.Interfaces;

namespace TtsGrains.Grains.Hosting;

/// <summary>
/// Where grains go that prefer the silo which asks for them. That one as a rule; but while it is about to stop, and the cluster does not know yet,
/// contexts go to the others: those that have just left it would only come back.
/// </summary>
internal sealed class RunningSiloPlacement(SiloDrain drain) : IPlacementDirector
{
    private static readonly GrainType Contexts = GrainType.Create(GrainTypes.Context);

    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        if (IPlacementDirector.GetPlacementHint(target.RequestContextData, silos) is { } hinted)
        {
            return Task.FromResult(hinted);
        }

        var isDraining = drain.IsDraining && target.GrainIdentity.Type == Contexts;
        if (!isDraining && context.LocalSiloStatus == SiloStatus.Active && silos.Contains(context.LocalSilo))
        {
            return Task.FromResult(context.LocalSilo);
        }

        SiloAddress[] others = [.. silos.Where(silo => !isDraining || !silo.Equals(context.LocalSilo))];
        return Task.FromResult(others.Length > 0 ? others[Random.Shared.Next(others.Length)] : context.LocalSilo);
    }
}
