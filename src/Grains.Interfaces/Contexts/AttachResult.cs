using System.Collections.Immutable;

namespace TtsGrains.Grains.Interfaces.Contexts;

/// <summary>What a new owner of a context is told.</summary>
/// <param name="Epoch">Counts the owners of the context. Only the latest may read and write.</param>
/// <param name="From">The offset of the first frame to write.</param>
/// <param name="Count">How many frames there are. When <paramref name="From"/> lies beyond them, the owner has not changed.</param>
/// <param name="Taken">How many pushes the context has taken: those that its client sends again are told by their numbers.</param>
[GenerateSerializer, Immutable, Alias("tts.AttachResult")]
public sealed record AttachResult([property: Id(0)] int Epoch, [property: Id(1)] int From, [property: Id(2)] int Count, [property: Id(6)] int Taken)
{
    /// <summary>What the context was opened with.</summary>
    [Id(3)]
    public required ContextSettings Settings { get; init; }

    /// <summary>Everything that was pushed, in order, what was sent again too.</summary>
    [Id(4)]
    public required ImmutableArray<ContextInput> Inputs { get; init; }

    /// <summary>When it was opened.</summary>
    [Id(5)]
    public required DateTimeOffset OpenedAt { get; init; }
}
