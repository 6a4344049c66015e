using TtsGrains.Grains.Contexts;

namespace TtsGrains.Grains.Clustering;

/// <summary>Has a silo hand its contexts over as the first thing when it stops, while clients are still connected to it.</summary>
internal sealed class HandOverParticipant(ContextHandOver handOver) : ILifecycleParticipant<ISiloLifecycle>
{
    public void Participate(ISiloLifecycle lifecycle)
        => lifecycle.Subscribe(
            nameof(HandOverParticipant), ServiceLifecycleStage.Active + 1, _ => Task.CompletedTask, _ => handOver.RunAsync());
}
