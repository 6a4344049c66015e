using System.Collections.Immutable;
using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.Grains.Interfaces.Contexts;

/// <summary>All that is known of a context by its owner, or by a silo that it has to leave: enough to go on with it anywhere.</summary>
[GenerateSerializer, Immutable, Alias("tts.RestoreRequest")]
public sealed record RestoreRequest
{
    /// <summary>What it was opened with.</summary>
    [Id(0)]
    public required ContextSettings Settings { get; init; }

    /// <summary>Everything that was pushed, in order, from the first push on.</summary>
    [Id(1)]
    public required ImmutableArray<ContextInput> Inputs { get; init; }

    /// <summary>How many frames there are of its log.</summary>
    [Id(2)]
    public required int Frames { get; init; }

    /// <summary>Which owner, the last one when there is none; see <see cref="AttachResult.Epoch"/>.</summary>
    [Id(3)]
    public required int Epoch { get; init; }

    /// <summary>
    /// Counts the openings that this owner asked for, from 0. A silo that was cut off from the others may still speak for a context that they have
    /// opened again: its frames are of an older opening.
    /// </summary>
    [Id(5)]
    public required int Opening { get; init; }

    /// <summary>The offset behind the last frame that an owner has written to its client.</summary>
    [Id(6)]
    public int Written { get; init; }

    /// <summary>Where it went on over another upstream context.</summary>
    [Id(7)]
    public ContextSeam[] Seams { get; init; } = [];

    /// <summary>When it was opened first.</summary>
    [Id(4)]
    public required DateTimeOffset OpenedAt { get; init; }
}

/// <summary>The state of a context without an owner when its silo stops.</summary>
/// <param name="Request">What it takes to open it again.</param>
/// <param name="Frames">Its log.</param>
[GenerateSerializer, Immutable, Alias("tts.ContextSnapshot")]
public sealed record ContextSnapshot([property: Id(0)] RestoreRequest Request, [property: Id(1)] ImmutableArray<FrameBatch> Frames);

/// <summary>What became of a <see cref="RestoreRequest"/>. Zero is never a valid value.</summary>
public enum RestoreOutcome : byte
{
    None = 0,

    /// <summary>The context continues, and its owner gets the frames that it lacks.</summary>
    Continues = 1,

    /// <summary>It continues with another owner.</summary>
    Superseded = 2,

    /// <summary>Its log is gone: the owner must give its frames back, see <see cref="IContextGrain.RestoreAsync"/>, and ask again.</summary>
    NeedsFrames = 3,
}

/// <summary>The answer to a <see cref="RestoreRequest"/>.</summary>
/// <param name="Result">What became of it.</param>
/// <param name="Frames">From which offset on frames are needed.</param>
[GenerateSerializer, Immutable, Alias("tts.Reopened")]
public readonly record struct RestoreResult([property: Id(0)] RestoreOutcome Result, [property: Id(1)] int Frames = 0);
