using TtsGrains.Grains.Contexts.Ownership;

namespace TtsGrains.Grains.Hosting;

/// <summary>Has a silo hand its contexts over as the first thing when it stops, while clients are still connected to it.</summary>
internal sealed class SiloDrainParticipant(SiloDrain drain) : ILifecycleParticipant<ISiloLifecycle>
{
    public void Participate(ISiloLifecycle lifecycle)
        => lifecycle.Subscribe(
            nameof(SiloDrainParticipant), ServiceLifecycleStage.Active + 1, _ => Task.CompletedTask, _ => drain.RunAsync());
}
