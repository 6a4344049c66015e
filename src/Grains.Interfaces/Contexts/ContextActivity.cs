namespace TtsGrains.Grains.Interfaces.Contexts;

/// <summary>What a context is doing.</summary>
/// <param name="IsOpen">Whether it can still speak.</param>
/// <param name="Upstream">The name of the upstream that speaks it, or was asked last; null if none was yet, or the context is not here.</param>
[GenerateSerializer, Immutable, Alias("tts.ContextActivity")]
public readonly record struct ContextActivity([property: Id(0)] bool IsOpen, [property: Id(1)] string? Upstream);
