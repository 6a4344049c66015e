using Orleans.Runtime.Placement;
using TtsGrains.Grains.Contexts.Ownership;
using TtsGrains.Grains.Health;
using TtsGrains.Grains.Interfaces;
using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.Grains.Hosting;

/// <summary>
/// Where grains go that prefer the silo which asks for them. That one as a rule. Contexts go to the others while it is about to stop, and the cluster
/// does not know yet: those that have just left it would only come back; and while it warms its path, so that no client waits for that.
/// </summary>
internal sealed class RunningSiloPlacement(SiloDrain drain, WarmUpState warmUp) : IPlacementDirector
{
    private static readonly GrainType Contexts = GrainType.Create(GrainTypes.Context);

    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        if (IPlacementDirector.GetPlacementHint(target.RequestContextData, silos) is { } hinted)
        {
            return Task.FromResult(hinted);
        }

        var isLeftOut = IsLeftOut(target.GrainIdentity);
        if (!isLeftOut && context.LocalSiloStatus == SiloStatus.Active && silos.Contains(context.LocalSilo))
        {
            return Task.FromResult(context.LocalSilo);
        }

        SiloAddress[] others = [.. silos.Where(silo => !isLeftOut || !silo.Equals(context.LocalSilo))];
        return Task.FromResult(others.Length > 0 ? others[Random.Shared.Next(others.Length)] : context.LocalSilo);
    }

    private bool IsLeftOut(GrainId grain)
        => grain.Type == Contexts && (drain.IsDraining || (warmUp.IsPending && !ContextKey.Parse(grain.Key.ToString()!).IsWarmUp));
}
